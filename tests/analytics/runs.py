"""Small runs with known books: a toy ledger that turns a list of deals into a `RunResult`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.domain.instrument import InstrumentId
from tickwright.domain.records import ACCOUNT_EVENT, FILL, ORDER, OrderState
from tickwright.domain.run import RunResult
from tickwright.domain.timestamp import DAY, HOUR, parse_instant

START_NS = parse_instant("2023-01-01")
PRICE_SCALE, QUANTITY_SCALE, MONEY_SCALE = 2, 4, 6


@dataclass(frozen=True)
class Deal:
    """At the open of bar `bar` of instrument `place`, buy (quantity > 0) or sell (< 0) base units, paying the costs."""

    bar: int
    quantity: float
    place: int = 0
    fee: float = 0.0
    spread: float = 0.0
    base_fee: float = 0.0


def run_of(
    deals: Sequence[Deal],
    prices: Sequence[Sequence[float]],
    *,
    cash: float = 1000.0,
    step_ns: int = HOUR,
    lots: tuple[tuple[tuple[int, int], ...], ...] = (),
    rejected: int = 0,
) -> RunResult:
    """The books of deals done at `prices[instrument][bar]`, which is also the close of that bar."""
    names = tuple(InstrumentId("sandbox", base, "USDT") for base in ("BTC", "ETH", "SOL")[: len(prices)])
    closes = np.array(prices, float)
    fills = np.zeros(len(deals), FILL)
    position, held_cash = np.zeros(len(prices)), cash
    bars = closes.shape[1]
    equity, exposure = np.empty(bars), np.empty(bars)
    for bar in range(bars):
        for row, deal in enumerate(deals):
            if deal.bar == bar:
                price = closes[deal.place, bar]
                position[deal.place] += deal.quantity - deal.base_fee
                held_cash -= deal.quantity * price + deal.fee
                fills[row] = _fill(row, deal, price)
        equity[bar] = held_cash + position @ closes[:, bar]
        exposure[bar] = np.abs(position) @ closes[:, bar]
    orders = np.zeros(len(deals) + rejected, ORDER)
    orders["state"] = OrderState.FILLED
    orders["state"][len(deals) :] = OrderState.VENUE_MIN_NOTIONAL
    money = 10**MONEY_SCALE
    return RunResult(
        instruments=names,
        price_scales=(PRICE_SCALE,) * len(prices),
        quantity_scales=(QUANTITY_SCALE,) * len(prices),
        assets=("USDT", *(name.base for name in names)),
        asset_scales=(MONEY_SCALE, *(QUANTITY_SCALE for _ in names)),
        cash_asset=0,
        initial_cash=round(cash * money),
        bars=bars,
        orders=orders,
        fills=fills,
        account_events=np.zeros(0, ACCOUNT_EVENT),
        equity_ts_ns=START_NS + step_ns * (1 + np.arange(bars)),
        equity=np.round(equity * money).astype(np.int64),
        exposure=np.round(exposure * money).astype(np.int64),
        cash=np.full(bars, round(held_cash * money), np.int64),
        last_price=np.round(closes[:, -1] * 10**PRICE_SCALE).astype(np.int64),
        position=np.round(position * 10**QUANTITY_SCALE).astype(np.int64),
        tags=("dip", "<b>bold</b>"),
        lots=lots,
    )


def _fill(row: int, deal: Deal, price: float) -> np.void:
    fill = np.zeros(1, FILL)
    fill["ts_ns"] = START_NS + HOUR * deal.bar
    fill["sequence"], fill["order_id"], fill["tag"] = row, row, -1
    fill["price"] = fill["reference_price"] = round(price * 10**PRICE_SCALE)
    fill["quantity"] = round(abs(deal.quantity) * 10**QUANTITY_SCALE)
    fill["fee"] = round(deal.base_fee * 10**QUANTITY_SCALE) if deal.base_fee else round(deal.fee * 10**MONEY_SCALE)
    fill["fee_asset"] = 1 + deal.place if deal.base_fee else 0
    fill["spread_cost"] = round(deal.spread * 10**MONEY_SCALE)
    fill["instrument"], fill["side"], fill["at_open"] = deal.place, 1 if deal.quantity > 0 else -1, 1
    return fill[0]


def lcg(n: int, seed: int) -> np.ndarray:
    """A linear congruential sequence in (0, 1) that is the same in every language."""
    state, values = seed, np.empty(n)
    for place in range(n):
        state = 48271 * state % 2147483647
        values[place] = state / 2147483647
    return values


def nearly_normal(n: int, seed: int) -> np.ndarray:
    """Sums of twelve uniform numbers less six: approximately standard normal."""
    return lcg(12 * n, seed).reshape(n, 12).sum(axis=1) - 6.0


def mixed_returns() -> np.ndarray:
    """Eight returns known from empyrical's regression tests."""
    return np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10])


def series_a() -> np.ndarray:
    """500 daily returns with published measures."""
    return np.round(0.001 + 0.02 * nearly_normal(500, 12345), 6)


def daily_instants(n: int) -> np.ndarray:
    """Closes of n daily bars, the first bar open on 2023-01-01."""
    return START_NS + DAY * np.arange(1, n + 1)
