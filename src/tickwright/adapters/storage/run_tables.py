"""A run's exact records as Arrow tables with plain columns, and back.

Invariants: amounts are decimal128 with the finest scale among the run's instruments, so nothing is rounded; times are
UTC nanosecond timestamps; enumerations are their lower-case names. `from_tables(to_tables(result))` gives equal
digests. Limit: a decimal that needs more than 38 digits is refused by Arrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tickwright.adapters.storage.arrow_columns import numbers, texts, texts_at, truths
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.records import (
    ACCOUNT_EVENT,
    FILL,
    ORDER,
    AccountEventKind,
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from tickwright.domain.run import RunResult

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]

PLOT = "plot:"
"""What the columns of values a strategy plotted start with, in the table of equity."""

_ENUMS: Mapping[str, type[IntEnum]] = {
    "side": Side,
    "liquidity": Liquidity,
    "reason": Reason,
    "type": OrderType,
    "time_in_force": TimeInForce,
    "state": OrderState,
}
_FILL_AMOUNTS = {
    "price": "price",
    "reference_price": "price",
    "quantity": "quantity",
    "spread_cost": "cash",
    "slippage_cost": "cash",
    "impact_cost": "cash",
    "fee": "fee",
}
_ORDER_AMOUNTS = {
    "quantity": "quantity",
    "filled": "quantity",
    "limit_price": "price",
    "stop_price": "price",
    "cost": "cash",
}


def to_tables(result: RunResult) -> dict[str, pa.Table]:
    """The tables `orders`, `fills`, `equity` and `account_events` of a run."""
    return {
        "orders": _orders_table(result),
        "fills": _fills_table(result),
        "equity": _equity_table(result),
        "account_events": _account_table(result),
    }


def scales_of(result: RunResult) -> dict[str, Any]:
    """What the tables leave out: instruments, assets and their scales, as JSON-ready values."""
    return {
        "instruments": [str(identity) for identity in result.instruments],
        "price_scales": list(result.price_scales),
        "quantity_scales": list(result.quantity_scales),
        "assets": list(result.assets),
        "asset_scales": list(result.asset_scales),
        "cash_asset": result.cash_asset,
        "initial_cash": str(result.initial_cash),
        "bars": result.bars,
        "last_price": [int(units) for units in result.last_price],
        "position": [int(units) for units in result.position],
        "tags": list(result.tags),
        "warnings": list(result.warnings),
        "ambiguous_trades": result.ambiguous_trades,
        "lots": [[list(dated) for dated in lots] for lots in result.lots],
    }


def from_tables(tables: Mapping[str, pa.Table], scales: Mapping[str, Any]) -> RunResult:
    """The run that `to_tables` and `scales_of` came from."""
    instruments = tuple(InstrumentId.parse(text) for text in scales["instruments"])
    columns = _Scales(
        {str(identity): place for place, identity in enumerate(instruments)},
        {asset: place for place, asset in enumerate(scales["assets"])},
        {tag: place for place, tag in enumerate(scales["tags"])},
        tuple(scales["price_scales"]),
        tuple(scales["quantity_scales"]),
        tuple(scales["asset_scales"]),
        scales["cash_asset"],
    )
    equity = tables["equity"]
    return RunResult(
        instruments=instruments,
        price_scales=columns.price,
        quantity_scales=columns.quantity,
        assets=tuple(scales["assets"]),
        asset_scales=columns.asset,
        cash_asset=scales["cash_asset"],
        initial_cash=int(scales["initial_cash"]),
        bars=scales["bars"],
        orders=_rows(tables["orders"], ORDER, _ORDER_AMOUNTS, columns),
        fills=_rows(tables["fills"], FILL, _FILL_AMOUNTS, columns),
        account_events=_rows(tables["account_events"], ACCOUNT_EVENT, {"amount": "asset"}, columns),
        equity_ts_ns=_times(equity["ts"]),
        equity=_integers(equity["equity"]),
        exposure=_integers(equity["exposure"]),
        cash=_integers(equity["cash"]),
        last_price=np.array(scales["last_price"], np.int64),
        position=np.array(scales["position"], np.int64),
        tags=tuple(scales["tags"]),
        warnings=tuple(scales["warnings"]),
        ambiguous_trades=scales["ambiguous_trades"],
        plots={
            name.removeprefix(PLOT): equity[name].to_numpy() for name in equity.column_names if name.startswith(PLOT)
        },
        lots=tuple(_dated(lots) for lots in scales.get("lots", ())),
    )


def _dated(lots: int | list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Lots with their dates; runs kept before lots had dates have one for all time."""
    return ((0, lots),) if isinstance(lots, int) else tuple((since_ns, lot) for since_ns, lot in lots)


class _Scales:
    """Names to places, and the scale of every kind of amount."""

    def __init__(
        self,
        instruments: Mapping[str, int],
        assets: Mapping[str, int],
        tags: Mapping[str, int],
        price: tuple[int, ...],
        quantity: tuple[int, ...],
        asset: tuple[int, ...],
        cash_asset: int,
    ) -> None:
        self.instruments, self.assets, self.tags = instruments, assets, tags
        self.price, self.quantity, self.asset, self.cash_asset = price, quantity, asset, cash_asset

    def per_row(self, kind: str, rows: Rows) -> Ints:
        """The scale of each row's amount of a kind."""
        by_column = {
            "price": (self.price, "instrument"),
            "quantity": (self.quantity, "instrument"),
            "fee": (self.asset, "fee_asset"),
            "asset": (self.asset, "asset"),
        }
        if kind not in by_column:
            return np.full(len(rows), self.asset[self.cash_asset], np.int64)
        scales, column = by_column[kind]
        of_rows: Ints = np.array(scales, np.int64)[rows[column]]
        return of_rows

    def finest(self, kind: str) -> int:
        """The scale of the column that holds every amount of a kind."""
        options = {"price": self.price, "quantity": self.quantity, "fee": self.asset, "asset": self.asset}
        return max(options.get(kind, (self.asset[self.cash_asset],)), default=0)


def _scales(result: RunResult) -> _Scales:
    return _Scales(
        {}, {}, {}, result.price_scales, result.quantity_scales, result.asset_scales, result.cash_asset
    )  # fmt: skip


def _fills_table(result: RunResult) -> pa.Table:
    rows = result.fills
    columns = {
        "ts": _timestamps(rows["ts_ns"]),
        "instrument": texts_at(rows["instrument"], [str(identity) for identity in result.instruments]),
        "side": _enum_names(rows, "side"),
        **_amounts(rows, _FILL_AMOUNTS, _scales(result)),
        "fee_asset": texts_at(rows["fee_asset"], result.assets),
        "liquidity": _enum_names(rows, "liquidity"),
        "reason": _enum_names(rows, "reason"),
        "tag": texts_at(rows["tag"], result.tags),
        "at_open": truths(rows["at_open"]),
        "order_id": numbers(rows["order_id"]),
        "sequence": numbers(rows["sequence"]),
    }
    return pa.table(columns)


def _orders_table(result: RunResult) -> pa.Table:
    rows = result.orders
    columns = {
        "order_id": numbers(rows["order_id"]),
        "ts_sent": _timestamps(rows["ts_sent_ns"]),
        "ts_end": _timestamps(rows["ts_end_ns"], null_zero=True),
        "instrument": texts_at(rows["instrument"], [str(identity) for identity in result.instruments]),
        **{name: _enum_names(rows, name) for name in ("side", "type", "time_in_force", "state", "reason")},
        **_amounts(rows, _ORDER_AMOUNTS, _scales(result)),
        "tag": texts_at(rows["tag"], result.tags),
    }
    return pa.table(columns)


def _equity_table(result: RunResult) -> pa.Table:
    scale = result.asset_scales[result.cash_asset]
    return pa.table(
        {
            "ts": _timestamps(result.equity_ts_ns),
            "equity": _decimals(result.equity, scale),
            "exposure": _decimals(result.exposure, scale),
            "cash": _decimals(result.cash, scale),
            **{f"{PLOT}{name}": numbers(np.asarray(values, np.float64)) for name, values in result.plots.items()},
        }
    )


def _account_table(result: RunResult) -> pa.Table:
    rows = result.account_events
    return pa.table(
        {
            "ts": _timestamps(rows["ts_ns"]),
            "kind": texts([AccountEventKind(int(kind)).name.lower() for kind in rows["kind"]]),
            "instrument": texts_at(rows["instrument"], [str(identity) for identity in result.instruments]),
            "asset": texts_at(rows["asset"], result.assets),
            **_amounts(rows, {"amount": "asset"}, _scales(result)),
            "sequence": numbers(rows["sequence"]),
        }
    )


def _amounts(rows: Rows, kinds: Mapping[str, str], scales: _Scales) -> dict[str, pa.Array]:
    """Each amount column brought to the finest scale of its kind."""
    columns = {}
    for name, kind in kinds.items():
        finest = scales.finest(kind)
        steps = finest - scales.per_row(kind, rows)
        columns[name] = _decimals(rows[name], finest, steps)
    return columns


def _decimals(units: Ints, scale: int, steps: Ints | None = None) -> pa.Array:
    """Integers as decimal128 of a scale; rows on a coarser scale are multiplied by 10^step."""
    if steps is not None and steps.any():
        values = [int(value) * 10 ** int(step) for value, step in zip(units, steps, strict=True)]
        pairs = np.array([(value & (2**64 - 1), value >> 64) for value in values], dtype=object).reshape(-1, 2)
        low, high = pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.int64)
    else:
        low, high = np.ascontiguousarray(units, np.int64).view(np.uint64), np.where(units < 0, -1, 0).astype(np.int64)
    words = np.empty((len(units), 2), np.uint64)
    words[:, 0], words[:, 1] = low, high.view(np.uint64)
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(units), [None, pa.py_buffer(words.tobytes())])


def _timestamps(ts_ns: Ints, *, null_zero: bool = False) -> pa.Array:
    return numbers(ts_ns, pa.timestamp("ns", "UTC"), known=ts_ns != 0 if null_zero else None)


def _enum_names(rows: Rows, column: str) -> pa.Array:
    members = {int(member): member.name.lower() for member in _ENUMS[column]}
    codes, places = np.unique(rows[column], return_inverse=True)
    return texts_at(places, [members[code] for code in codes.tolist()])


def _rows(table: pa.Table, layout: np.dtype[np.void], kinds: Mapping[str, str], scales: _Scales) -> Rows:
    """A table's rows in a record layout."""
    rows = np.zeros(table.num_rows, layout)
    places = {"instrument": scales.instruments, "fee_asset": scales.assets, "asset": scales.assets, "tag": scales.tags}
    for name in table.column_names:
        if name in places:
            lookup = places[name]
            rows[name] = [-1 if value is None else lookup[value] for value in table[name].to_pylist()]
        elif name.startswith("ts"):
            rows[f"{name}_ns"] = _times(table[name])
        elif name in _ENUMS or name == "kind":
            members = _ENUMS.get(name, AccountEventKind)
            rows[name] = [members[value.upper()] for value in table[name].to_pylist()]
        elif name not in kinds:
            rows[name] = table[name].to_numpy()
    for name, kind in kinds.items():
        steps = scales.finest(kind) - scales.per_row(kind, rows)
        rows[name] = _integers(table[name], steps)
    return rows


def _times(column: pa.ChunkedArray) -> Ints:
    times: Ints = column.cast(pa.int64()).fill_null(0).to_numpy().astype(np.int64)
    return times


def _integers(column: pa.ChunkedArray, steps: Ints | None = None) -> Ints:
    """The units of decimal128 values, divided by 10^step where a row's scale is coarser."""
    joined = column.combine_chunks()
    joined = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    if steps is not None and steps.any():
        scale = joined.type.scale
        exact = [
            int(value.scaleb(scale)) // 10 ** int(step) for value, step in zip(joined.to_pylist(), steps, strict=True)
        ]
        return np.array(exact, np.int64)
    if len(joined) == 0:
        return np.zeros(0, np.int64)
    words = np.frombuffer(joined.buffers()[1], np.int64, 2 * len(joined), joined.offset * 16)
    return words[::2].copy()
