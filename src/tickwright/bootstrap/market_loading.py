"""From stored series to the market of a run: what is read, what is missing, what is assumed.

Invariants: a run sees exactly the bars that open in [anchor, end), so its result does not change when older data is
stored later; missing data is refused with the command that fetches it; every assumption (an instrument without
metadata, a series that starts late) is a warning of the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tickwright.adapters.storage.spill import DiskSpill
from tickwright.bootstrap.perpetuals import PAID_IN_FULL, PerpetualTerms, stored_funding, stored_marks
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import PRICE_COLUMNS, Bars, SeriesKey
from tickwright.domain.errors import DataMissing, GapUnexplained, UsageError
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.instrument import DEFAULT_LOT, Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import UNLEVERED
from tickwright.domain.market import Market
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import DAY, iso

if TYPE_CHECKING:
    from tickwright.strategy_api.informative import Informative

_MOST_VOLUME = 2.0**61
SPILL = ".spill"
"""Where candles that do not fit into the budget lie during a run, under the project's runs."""


@dataclass(frozen=True)
class MemoryBudget:
    """How much memory a run's candles may take at a time, and where the rest lies meanwhile."""

    bytes: int
    spill: DiskSpill


@dataclass(frozen=True, repr=False)
class LoadedMarket:
    """A market with what its report and manifest need: per series its gaps and hash, and the assumptions made.

    With `memory` its candles lie on disk and a backtest reads them in chunks.
    """

    market: Market
    gaps: tuple[tuple[Gap, ...], ...]
    warnings: tuple[str, ...]
    memory: MemoryBudget | None = None

    def __repr__(self) -> str:
        """One line: which series, how many bars, from when to when."""
        series = "; ".join(
            f"{bars.key.instrument} {bars.timeframe} {len(bars):,} bars "
            f"{iso(int(bars.open_time_ns[0]))} … {iso(int(bars.open_time_ns[-1]) + bars.timeframe.length_ns)}"
            for bars in self.market.bars
        )
        return f"<LoadedMarket of {series}>"

    def data_document(self) -> dict[str, Any]:
        """`rows`, `gaps` and `hash` of all series, and the same for each."""
        series = [
            {
                "series": str(bars.key),
                "rows": len(bars),
                "first": iso(int(bars.open_time_ns[0])),
                "last": iso(int(bars.open_time_ns[-1])),
                "gaps": len(gaps),
                "missing_bars": sum(gap.bars for gap in gaps),
                "hash": self._hash_of(bars),
            }
            for bars, gaps in zip(self.market.bars, self.gaps, strict=True)
        ]
        detail, read, marks = (
            {str(bars.key): self._hash_of(bars) for bars in others if bars is not None}
            for others in (self.market.detail, self.market.informative, self.market.marks)
        )
        funding = {
            f"{identity} funding": own.content_hash()
            for identity, own in zip(self.market.ids, self.market.funding, strict=True)
            if own is not None
        }
        beside = [*detail.values(), *read.values(), *marks.values(), *funding.values()]
        return {
            "rows": sum(len(bars) for bars in self.market.bars),
            "gaps": sum(len(gaps) for gaps in self.gaps),
            "hash": _joined_hash([*(str(entry["hash"]) for entry in series), *beside]),
            "series": series,
            "detail": detail,
            "informative": read,
            "marks": marks,
            "funding": funding,
        }

    def _hash_of(self, bars: Bars) -> str:
        """A series' hash; what was read for it leaves memory where there is a budget."""
        found = bars.content_hash()
        if self.memory is not None:
            self.memory.spill.release()
        return found


def load_market(
    project: Project,
    instruments: Sequence[InstrumentId],
    timeframe: Timeframe,
    start_ns: int | None,
    end_ns: int | None,
    *,
    on_gap: Literal["mark", "refuse"] = "mark",
    as_of_ns: int | None = None,
    memory_budget: int | None = None,
    detail: Timeframe | None = None,
    perpetuals: PerpetualTerms = PAID_IN_FULL,
) -> LoadedMarket:
    """The market of these instruments over the bars that open in [start, end); raises `DataMissing`.

    `detail` is the timeframe of finer candles that settle the path inside a bar; they must add up to the bars, which
    are made of them where they are not stored.

    `perpetuals` says how perpetuals are held; their stored mark prices and funding are read with them.
    With `on_gap` "refuse" a hole of unknown type inside the range raises `GapUnexplained`; "mark" makes it a warning.
    `as_of_ns` reads the candles as the store knew them then; gaps and instruments are those known now. With a
    `memory_budget` in bytes a backtest holds no more candles than that at a time.
    """
    warnings: list[str] = []
    memory = None if memory_budget is None else MemoryBudget(memory_budget, DiskSpill(project.home / "runs" / SPILL))
    loaded, known, gaps, finer, marks, funding = [], [], [], [], [], []
    for identity in sorted(set(instruments)):
        key = series_to_read(project, identity, timeframe, detail)
        if key.timeframe == timeframe:
            bars = _stored_bars(project, identity, timeframe, start_ns, end_ns, as_of_ns)
        else:
            bars = _made_bars(project, key, timeframe, start_ns, end_ns, as_of_ns)
            warnings.append(f"{identity}: bars of {timeframe} are not stored; they are made of {detail} candles")
        instrument = project.catalogue.find(identity)
        if instrument is None:
            instrument = assumed_instrument(bars)
            warnings.append(
                f"{identity}: no metadata; tick {instrument.rules[0].tick:f} (the finest price seen) and lot "
                f"{instrument.rules[0].lot:f} are assumed"
            )
        first, last = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1])
        holes = tuple(gap for gap in project.history.coverage(key).gaps if first <= gap.start_ns <= last)
        if on_gap == "refuse":
            _refuse_unexplained(key, holes)
        missing = [gap for gap in holes if gap.kind is not GapKind.NOT_LISTED]
        if missing:
            warnings.append(f"{identity}: {sum(gap.bars for gap in missing)} bars are missing in {len(missing)} gaps")
        if start_ns is not None and first - start_ns >= max(DAY, timeframe.length_ns):
            warnings.append(f"{identity}: asked from {iso(start_ns)}, stored from {iso(first)}")
        if end_ns is not None and end_ns - last > max(DAY, 2 * timeframe.length_ns):
            warnings.append(_stored_until(instrument, end_ns, last + timeframe.length_ns))
        inside = None if detail is None else _detail_of(project, bars, detail, as_of_ns, warnings)
        instrument = perpetuals.completed(instrument, warnings)
        marks.append(stored_marks(project, instrument, inside or bars, as_of_ns, warnings))
        funding.append(stored_funding(project, instrument, inside or bars, as_of_ns, warnings))
        loaded.append(bars if memory is None else bars.kept(memory.spill.keep))
        finer.append(inside if memory is None or inside is None else inside.kept(memory.spill.keep))
        known.append(instrument)
        gaps.append(holes)
        if memory is not None:
            memory.spill.release()
    if perpetuals.margin != UNLEVERED and all(instrument.kind != "perpetual" for instrument in known):
        warnings.append("leverage and margin act on perpetuals; the symbols of this run are spot and trade without")
    market = Market.of(
        known, loaded, detail=finer, marks=marks, funding=funding,
        margin=[perpetuals.margin_of(instrument.id) for instrument in known],
        keep=None if memory is None else memory.spill.keep,
    )  # fmt: skip
    if memory is not None:
        memory.spill.release()
    return LoadedMarket(market, tuple(gaps), tuple(warnings), memory)


def with_informative(
    project: Project,
    loaded: LoadedMarket,
    wanted: Sequence[Informative],
    start_ns: int | None,
    end_ns: int | None,
    as_of_ns: int | None = None,
) -> LoadedMarket:
    """The market with the series of other symbols that its strategy reads; raises `DataMissing`.

    A series is read in the market's own timeframe, from which higher ones are made, else in the one asked for.
    """
    market = loaded.market
    last_ns = max(int(bars.open_time_ns[-1]) for bars in market.bars)
    found: dict[SeriesKey, Bars] = {}
    warnings: list[str] = []
    for mark in wanted:
        if mark.symbol is None or mark.symbol in {identity.symbol for identity in market.ids}:
            continue
        identity = InstrumentId.parse(mark.symbol, exchange=market.ids[0].exchange)
        stored = project.history.coverage(SeriesKey(identity, market.timeframe)).rows
        frame = market.timeframe if stored else mark.timeframe
        bars = _stored_bars(project, identity, frame, start_ns, end_ns, as_of_ns)
        found[bars.key] = bars
        ends_ns = int(bars.open_time_ns[-1]) + bars.timeframe.length_ns
        if ends_ns + bars.timeframe.length_ns <= last_ns:
            warnings.append(f"{bars.key}: read by the strategy, stored until {iso(ends_ns)}")
    informed = replace(market, informative=tuple(found.values()))
    return replace(loaded, market=informed, warnings=(*loaded.warnings, *warnings))


def series_to_read(
    project: Project, identity: InstrumentId, timeframe: Timeframe, detail: Timeframe | None
) -> SeriesKey:
    """The series that bars come from: their own, or that of the detail where only it is stored."""
    own, finer = SeriesKey(identity, timeframe), SeriesKey(identity, detail or timeframe)
    return finer if not project.history.coverage(own).rows and project.history.coverage(finer).rows else own


def _made_bars(
    project: Project, key: SeriesKey, timeframe: Timeframe, start_ns: int | None, end_ns: int | None,
    as_of_ns: int | None,
) -> Bars:  # fmt: skip
    """Bars made of finer stored candles, from the first to the last that these candles reach through."""
    assert key.timeframe is not None
    _check_divides(key.timeframe, timeframe)
    until_ns = None if end_ns is None else timeframe.ceil(end_ns)
    finer = _stored_bars(project, key.instrument, key.timeframe, start_ns, until_ns, as_of_ns)
    first = timeframe.ceil(int(finer.open_time_ns[0]))
    made = resampled(finer, timeframe)[0].between(
        first, int(finer.open_time_ns[-1]) + key.timeframe.length_ns - timeframe.length_ns + 1
    )
    if not len(made):
        raise DataMissing(f"{key} does not reach through one bar of {timeframe}", where=str(project.home))
    return made


def _check_divides(detail: Timeframe, timeframe: Timeframe) -> None:
    if detail >= timeframe or timeframe.length_ns % detail.length_ns:
        raise UsageError(
            f"{detail} candles do not divide bars of {timeframe}",
            where="--detail",
            expected=f"a shorter timeframe that divides {timeframe}, such as 1m",
        )


def _detail_of(project: Project, bars: Bars, timeframe: Timeframe, as_of_ns: int | None, warnings: list[str]) -> Bars:
    """The finer candles inside these bars; those of the history before the first trade may begin later."""
    _check_divides(timeframe, bars.timeframe)
    first, end = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]) + bars.timeframe.length_ns
    detail = _stored_bars(project, bars.key.instrument, timeframe, first, end, as_of_ns)
    began = int(detail.open_time_ns[0])
    if began >= first + bars.timeframe.length_ns:
        warnings.append(f"{detail.key}: stored from {iso(began)}; volume and volatility before it are not known")
    return detail


def _stored_until(instrument: Instrument, asked_ns: int, stored_ns: int) -> str:
    """That a series ends before what was asked for, and whether the instrument did."""
    if instrument.delisted_ns is not None and stored_ns >= instrument.delisted_ns:
        return f"{instrument.id}: delisted on {iso(instrument.delisted_ns)}, so it ends before {iso(asked_ns)}"
    return f"{instrument.id}: asked until {iso(asked_ns)}, stored until {iso(stored_ns)}"


def _refuse_unexplained(key: SeriesKey, holes: Sequence[Gap]) -> None:
    unexplained = [hole for hole in holes if hole.kind in (GapKind.UNKNOWN, GapKind.NOT_FETCHED)]
    if unexplained:
        first = unexplained[0]
        raise GapUnexplained(
            f"{len(unexplained)} holes have no known reason; the first: {iso(first.start_ns)}, {first.bars} bars",
            where=str(key),
            expected="only holes whose reason is known, as data.on_gap is refuse",
            hint='`tickwright data fetch` asks the exchange for them; data.on_gap = "mark" reports them instead.',
        )


def _stored_bars(
    project: Project,
    identity: InstrumentId,
    timeframe: Timeframe,
    start_ns: int | None,
    end_ns: int | None,
    as_of_ns: int | None,
) -> Bars:
    key = SeriesKey(identity, timeframe)
    held = project.history.coverage(key)
    fetch = f"tickwright data fetch --exchange {identity.exchange} --symbol {identity.symbol} --timeframe {timeframe}"
    if held.rows == 0 or held.first_ns is None or held.last_ns is None:
        raise DataMissing(
            f"no {timeframe} candles of {identity} are stored",
            where=str(project.home),
            hint=f"Fetch them: {_with_range(fetch, start_ns, end_ns)}",
        )
    bars = project.history.read(key, start_ns, end_ns, as_of_ns=as_of_ns)
    if len(bars) == 0 and as_of_ns is not None:
        hint = "Ask for a later instant; `tickwright data ls` shows what is stored now."
        raise DataMissing(f"nothing of {key} was known at {iso(as_of_ns)}", where="--as-of", hint=hint)
    if len(bars) == 0:
        raise DataMissing(
            f"{key} has no candles in the range asked for",
            where=str(project.home),
            expected=f"a range inside {iso(held.first_ns)} … {iso(held.last_ns + timeframe.length_ns)}",
            hint=f"Or fetch it: {_with_range(fetch, start_ns, end_ns)}",
        )
    return bars


def _with_range(command: str, start_ns: int | None, end_ns: int | None) -> str:
    start = "" if start_ns is None else f" --start {iso(start_ns).removesuffix('T00:00:00Z')}"
    end = "" if end_ns is None else f" --end {iso(end_ns)}"
    return f"{command}{start}{end}"


def assumed_instrument(bars: Bars) -> Instrument:
    """An instrument nobody described: tick is the finest decimal seen in its prices, no minimum.

    Its lot is 1e-8, coarser where the volumes of that many decimals would not fit into 64 bits together.
    """
    scale = bars.price_scale
    columns = [getattr(bars, column) for column in PRICE_COLUMNS]
    while scale > 0 and all(not np.any(column % 10) for column in columns):
        columns, scale = [column // 10 for column in columns], scale - 1
    rules = TradingRules(0, tick=Decimal(1).scaleb(-scale), lot=_assumed_lot(bars))
    return Instrument(
        bars.key.instrument, (rules,), kind="perpetual" if bars.key.instrument.settle else "spot", source="assumed"
    )


def _assumed_lot(bars: Bars) -> Decimal:
    most, lot = float(bars.volume.max()) * len(bars) / 10.0**bars.volume_scale, DEFAULT_LOT
    while most / float(lot) >= _MOST_VOLUME and lot < 1:
        lot *= 10
    return lot.normalize()


def _joined_hash(hashes: Sequence[str]) -> str:
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
