"""The market a run trades in: instruments with their candles on exact units, in one canonical order.

Invariants: instruments are sorted by identity, so nothing depends on the order in which they were named; all candles
share one timeframe, and so do detail candles, which every instrument has or none; prices are on each instrument's price
unit (one unit is at most 0.01 bp of the lowest price, and every tick is a whole number of units); quantities are on a
unit that divides every lot and the volumes' decimals; every instrument is paid in one cash asset, kept with
`MONEY_SCALE` decimals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tickwright.domain.bars import Bars, Int64Array, price_unit_scale, union_of_times
from tickwright.domain.detail import fitted_detail
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.margin import UNLEVERED, Margin
from tickwright.domain.money import decimals_of
from tickwright.domain.panel import Panel
from tickwright.domain.timeframe import Timeframe

MONEY_SCALE = 8
_LARGEST_PRODUCT_SCALE = 18 + MONEY_SCALE
_INT64_ROOM = 2**62


@dataclass(frozen=True)
class Funding:
    """Funding of one perpetual: `rate_ppb` at `ts_ns` (nominal times, strictly increasing)."""

    ts_ns: Int64Array
    rate_ppb: Int64Array

    def content_hash(self) -> str:
        """SHA-256 over times and rates."""
        return hashlib.sha256(self.ts_ns.tobytes() + self.rate_ppb.tobytes()).hexdigest()


@dataclass(frozen=True)
class Market:
    """Instruments and their candles; build it with `Market.of`.

    `detail` holds finer candles that settle the path inside a bar (None for all where there are none), `marks`
    mark-price candles of perpetuals, `funding` their funding, `margins` how each is held; `informative` any further
    series strategies ask for.
    """

    instruments: tuple[Instrument, ...]
    bars: tuple[Bars, ...]
    price_scales: tuple[int, ...]
    quantity_scales: tuple[int, ...]
    detail: tuple[Bars | None, ...]
    marks: tuple[Bars | None, ...]
    funding: tuple[Funding | None, ...]
    margins: tuple[Margin, ...]
    informative: tuple[Bars, ...] = field(default=())
    _panels: dict[str, Panel] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        instruments: Sequence[Instrument],
        bars: Sequence[Bars],
        *,
        detail: Sequence[Bars | None] | None = None,
        marks: Sequence[Bars | None] | None = None,
        funding: Sequence[Funding | None] | None = None,
        informative: Sequence[Bars] = (),
        margin: Margin | Sequence[Margin] = UNLEVERED,
        keep: Callable[[Int64Array], Int64Array] | None = None,
    ) -> Market:
        """The market of these instruments, each with its candles at the same place of `bars`.

        One `margin` is for all of them, or each has its own at its place.
        Columns whose unit changes are handed through `keep`, which says where they lie.
        Raises `UsageError` when the pieces do not go together and `DataError` when numbers do not fit into 64 bits.
        """
        empty = [None] * len(instruments)
        margins = [margin] * len(instruments) if isinstance(margin, Margin) else margin
        columns = (instruments, bars, detail or empty, marks or empty, funding or empty, margins)
        _check_pieces(instruments, bars, even=all(len(column) == len(instruments) for column in columns))
        _check_detail(instruments, columns[2])
        pieces = sorted((_Piece(*row) for row in zip(*columns, strict=True)), key=lambda piece: piece.instrument.id)
        prices = [_price_scale(piece) for piece in pieces]
        quantities = _quantity_scales(pieces, prices)
        pieces = [
            piece.on_units(*scales, keep)
            for piece, scales in zip(pieces, zip(prices, quantities, strict=True), strict=True)
        ]
        return cls(
            tuple(piece.instrument for piece in pieces),
            tuple(piece.bars for piece in pieces),
            tuple(prices),
            tuple(quantities),
            tuple(piece.detail for piece in pieces),
            tuple(piece.marks for piece in pieces),
            tuple(piece.funding for piece in pieces),
            tuple(piece.margin for piece in pieces),
            tuple(informative),
        )

    @property
    def ids(self) -> tuple[InstrumentId, ...]:
        """The instruments' identities, sorted."""
        return tuple(instrument.id for instrument in self.instruments)

    @property
    def timeframe(self) -> Timeframe:
        """The timeframe of the candles decisions are made on."""
        return self.bars[0].timeframe

    @property
    def finest(self) -> tuple[Bars, ...]:
        """The candles that orders meet: the detail where it is given, else the candles decisions are made on."""
        return tuple(bars if detail is None else detail for bars, detail in zip(self.bars, self.detail, strict=True))

    @property
    def has_detail(self) -> bool:
        """Whether finer candles settle the path inside a bar."""
        return self.detail[0] is not None

    @property
    def has_marks(self) -> bool:
        """Whether any instrument has mark prices of its own."""
        return any(series is not None for series in self.marks)

    def has_mark(self, place: int) -> bool:
        """Whether an instrument is a perpetual with mark prices of its own: they may trigger orders."""
        return self.instruments[place].kind == "perpetual" and self.marks[place] is not None

    @property
    def cash_asset(self) -> str:
        """The asset every instrument is paid in."""
        return _cash_asset(self.instruments[0])

    @cached_property
    def assets(self) -> tuple[str, ...]:
        """The cash asset, then the base assets in alphabetical order."""
        bases = sorted({instrument.id.base for instrument in self.instruments} - {self.cash_asset})
        return (self.cash_asset, *bases)

    @property
    def asset_scales(self) -> tuple[int, ...]:
        """Decimals per asset: `MONEY_SCALE` for cash, the quantity unit for a base asset."""
        scales = {row.id.base: scale for row, scale in zip(self.instruments, self.quantity_scales, strict=True)}
        return (MONEY_SCALE, *(scales[asset] for asset in self.assets[1:]))

    def place_of(self, symbol: str) -> int:
        """The place of an instrument named by `BASE/QUOTE` or `exchange:BASE/QUOTE`; raises `UsageError`."""
        for place, identity in enumerate(self.ids):
            if symbol in (str(identity), identity.symbol):
                return place
        raise UsageError(
            f"{symbol!r} is not in this market", where="symbol", expected="one of " + ", ".join(map(str, self.ids))
        )

    @cached_property
    def open_times_ns(self) -> Int64Array:
        """The open times at which at least one instrument has a candle, ascending."""
        return union_of_times(self.bars)

    def panel(self, column: str, make: Callable[[], Panel]) -> Panel:
        """A column of all candles as floats side by side, made by the first who asks and kept for all."""
        known = self._panels.get(column)
        if known is None:
            known = self._panels[column] = make()
        return known

    def known_panel(self, column: str) -> Panel | None:
        """The same where somebody has asked already."""
        return self._panels.get(column)


class _Piece(NamedTuple):
    """What a market holds of one instrument."""

    instrument: Instrument
    bars: Bars
    detail: Bars | None
    marks: Bars | None
    funding: Funding | None
    margin: Margin

    @property
    def series(self) -> list[Bars]:
        return [series for series in (self.bars, self.detail, self.marks) if series is not None]

    def on_units(
        self, price_scale: int, quantity_scale: int, keep: Callable[[Int64Array], Int64Array] | None
    ) -> _Piece:
        def fitted(series: Bars | None) -> Bars | None:
            return None if series is None or not len(series) else _on_units(series, price_scale, quantity_scale, keep)

        bars, detail = _on_units(self.bars, price_scale, quantity_scale, keep), fitted(self.detail)
        detail = None if detail is None else fitted_detail(bars, detail)
        return _Piece(self.instrument, bars, detail, fitted(self.marks), self.funding, self.margin)


def _cash_asset(instrument: Instrument) -> str:
    return instrument.id.settle or instrument.id.quote


def _check_pieces(instruments: Sequence[Instrument], bars: Sequence[Bars], *, even: bool) -> None:
    if not instruments or not even:
        raise UsageError("instruments and their candles do not match one to one", where="market")
    if len({instrument.id for instrument in instruments}) < len(instruments):
        raise UsageError("an instrument is named twice", where="market", expected="each instrument once")
    for instrument, series in zip(instruments, bars, strict=True):
        if series.key.instrument != instrument.id:
            raise UsageError(f"candles of {series.key.instrument} stand beside {instrument.id}", where="market")
        if not len(series):
            hint = "Fetch it or ask for another range."
            raise DataError(f"{series.key} has no candles in this range", where="market", hint=hint)
    frames = sorted({series.timeframe.name for series in bars})
    if len(frames) > 1:
        raise UsageError(f"candles of {', '.join(frames)} are mixed", where="market", expected="one timeframe")
    for instrument in instruments:
        if instrument.kind == "perpetual" and _cash_asset(instrument) != instrument.id.quote:
            raise UsageError(
                f"{instrument.id} is settled in {instrument.id.settle}",
                where="market",
                expected="a linear perpetual, settled in its quote asset: inverse contracts are not simulated",
            )
    cash = sorted({_cash_asset(instrument) for instrument in instruments})
    if len(cash) > 1:
        raise UsageError(f"instruments are paid in {', '.join(cash)}", where="market", expected="one cash asset")


def _check_detail(instruments: Sequence[Instrument], detail: Sequence[Bars | None]) -> None:
    """Every instrument has detail candles of one timeframe, or none has."""
    given = [series for series in detail if series is not None]
    empty = next((series for series in given if not len(series)), None)
    if empty is not None:
        hint = "Fetch it or ask for another range."
        raise DataError(f"{empty.key} has no candles in this range", where="market", hint=hint)
    frames = sorted({series.timeframe.name for series in given})
    if len(frames) > 1:
        raise UsageError(f"detail candles of {', '.join(frames)} are mixed", where="market", expected="one timeframe")
    if given and len(given) < len(instruments):
        bare = next(one.id for one, series in zip(instruments, detail, strict=True) if series is None)
        raise UsageError(
            f"{bare} has no detail candles", where="market", expected="detail candles for every instrument, or for none"
        )


def _price_scale(piece: _Piece) -> int:
    ticks = max(decimals_of(rule.tick) for rule in piece.instrument.rules)
    return max(ticks, *(price_unit_scale(series) for series in piece.series))


def _quantity_scales(pieces: Sequence[_Piece], price_scales: Sequence[int]) -> list[int]:
    """Per instrument: lots, volumes and money are whole units; one scale for all instruments of a base asset."""
    needed: dict[str, int] = {}
    for piece, price_scale in zip(pieces, price_scales, strict=True):
        instrument = piece.instrument
        lots = max(decimals_of(rule.lot * instrument.contract_size) for rule in instrument.rules)
        volumes = max(series.volume_scale for series in piece.series)
        scale = max(lots, volumes, MONEY_SCALE - price_scale, 0)
        needed[instrument.id.base] = max(scale, needed.get(instrument.id.base, 0))
    scales = [needed[piece.instrument.id.base] for piece in pieces]
    for piece, price_scale, scale in zip(pieces, price_scales, scales, strict=True):
        if price_scale + scale > _LARGEST_PRODUCT_SCALE:
            raise DataError(
                f"prices with {price_scale} and quantities with {scale} decimals are too fine together",
                where=str(piece.instrument.id),
                expected=f"at most {_LARGEST_PRODUCT_SCALE} decimals in all",
                hint="Use a coarser lot.",
            )
    return scales


def _on_units(
    series: Bars, price_scale: int, quantity_scale: int, keep: Callable[[Int64Array], Int64Array] | None
) -> Bars:
    highest, most = int(series.high.max()), int(series.volume.max())
    if highest * 10 ** (price_scale - series.price_scale) >= _INT64_ROOM:
        raise DataError(f"prices up to {highest} do not fit at {price_scale} decimals", where=str(series.key))
    if most * 10 ** (quantity_scale - series.volume_scale) >= _INT64_ROOM:
        problem = f"volumes up to {most} do not fit at {quantity_scale} decimals"
        raise DataError(problem, where=str(series.key), hint="Use a coarser lot.")
    fitted = series.rescaled(price_scale, quantity_scale)
    same = (series.price_scale, series.volume_scale) == (price_scale, quantity_scale)
    return fitted if keep is None or same else fitted.kept(keep)
