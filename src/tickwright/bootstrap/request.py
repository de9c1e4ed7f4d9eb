"""From flags, settings, the strategy and the store to a run that is completely specified.

Invariants: a flag wins over settings, settings over the strategy, the strategy over what the store holds; an instance
name from the settings (`[strategies.trend]`) stands for its class, symbols, parameters and share of the cash; by
default a run begins where its data begins, so the same command gives the same result whatever older data is stored
later. `anchor` starts the indicators earlier than the trading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tickwright.bootstrap.backtest import BacktestRequest
from tickwright.bootstrap.fetch_wishes import read_last
from tickwright.bootstrap.market_loading import LoadedMarket, load_market, series_to_read, with_informative
from tickwright.bootstrap.perpetuals import PerpetualTerms
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.strategies import find_strategy
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.run import ParameterValue
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.settings import Settings
from tickwright.settings.model import StrategyInstance
from tickwright.strategy_api.strategy import Form, Strategy, form_of, series_asked_for


@dataclass(frozen=True)
class RunFlags:
    """What the caller said about a run; None or empty where nothing was said. Instants are text as it was written."""

    strategy: str
    exchange: str | None = None
    symbols: Sequence[str] = ()
    timeframe: str | None = None
    start: str | None = None
    end: str | None = None
    last: str | None = None
    anchor: str | None = None
    params: Mapping[str, ParameterValue] | None = None
    mode: str | None = None
    seed: int = 0
    as_of: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class PreparedRun:
    """A request with the market it runs on."""

    request: BacktestRequest
    loaded: LoadedMarket


def prepare_run(
    project: Project, settings: Settings, flags: RunFlags, *, memory_budget: int | None = None
) -> PreparedRun:
    """Resolve every open question of a run and load its market; raises the errors of usage, settings and data.

    With a `memory_budget` in bytes the run holds no more candles than that at a time.
    """
    instance = settings.strategies.get(flags.strategy)
    strategy = find_strategy(project.home, instance.use if instance else flags.strategy)
    timeframe = _timeframe(settings, flags, strategy, instance)
    detail = _detail(settings, flags, instance)
    instruments = _instruments(project, settings, flags, timeframe, detail, instance)
    sources = [series_to_read(project, identity, timeframe, detail) for identity in instruments]
    anchor_ns, start_ns, end_ns = _range(project, settings, flags, sources)
    as_of_ns = None if flags.as_of is None else parse_instant(flags.as_of, inclusive_end=True, where="--as-of")
    loaded = load_market(
        project, instruments, timeframe, anchor_ns, end_ns, on_gap=settings.data.on_gap, as_of_ns=as_of_ns,
        memory_budget=memory_budget, detail=detail, perpetuals=perpetual_terms(settings),
    )  # fmt: skip
    loaded = with_informative(project, loaded, series_asked_for(strategy), anchor_ns, end_ns, as_of_ns)
    params = {**(instance.params if instance else {}), **(flags.params or {})}
    request = BacktestRequest(
        strategy=strategy,
        params=params,
        cash=settings.defaults.cash * (instance.allocation if instance else Decimal(1)),
        costs=settings.costs.model(),
        mode=_mode(settings, flags, strategy),
        start_ns=start_ns if anchor_ns != start_ns else None,
        seed=flags.seed,
        name=flags.strategy if instance else strategy.__name__,
        per_symbol_params=_per_symbol(instance, loaded),
        limits=settings.risk.limits(),
    )
    return PreparedRun(request, loaded)


def perpetual_terms(settings: Settings) -> PerpetualTerms:
    """How perpetuals are held, as the settings say."""
    margin = settings.margin
    return PerpetualTerms(margin.common(), margin.maintenance_tiers(), margin.liquidation_fee, margin.own())


def _timeframe(
    settings: Settings, flags: RunFlags, strategy: type[Strategy], instance: StrategyInstance | None
) -> Timeframe:
    named = flags.timeframe or (instance.timeframe if instance else None) or strategy.timeframe
    return Timeframe.parse(named or settings.defaults.timeframe, where="--timeframe")


def _detail(settings: Settings, flags: RunFlags, instance: StrategyInstance | None) -> Timeframe | None:
    """The timeframe of the candles that settle the path inside a bar; None where nobody asks, or for "off"."""
    named = flags.detail or (instance.detail if instance else None) or settings.defaults.detail
    return None if named is None or named == "off" else Timeframe.parse(named, where="--detail")


def _instruments(
    project: Project,
    settings: Settings,
    flags: RunFlags,
    timeframe: Timeframe,
    detail: Timeframe | None,
    instance: StrategyInstance | None,
) -> list[InstrumentId]:
    exchange = flags.exchange or (instance.exchange if instance else None) or settings.defaults.exchange
    named = flags.symbols or (instance.symbols if instance else ()) or settings.defaults.symbols
    if named:
        return [InstrumentId.parse(symbol, exchange=exchange, where="--symbol") for symbol in named]
    keys = [key for key in project.history.keys() if key.kind == "candles"]  # noqa: SIM118 - a store is not a dict
    stored = [key.instrument for key in keys if key.timeframe == timeframe]
    stored = stored or [key.instrument for key in keys if key.timeframe == detail]
    chosen = [identity for identity in stored if identity.exchange == exchange] or stored
    if not chosen:
        raise DataMissing(
            f"no {timeframe} candles are stored and no symbol was named",
            where=str(project.home),
            expected="a symbol, or stored candles to take the symbols from",
            hint=f"`tickwright data fetch --exchange {exchange} --symbol BTC/USDT --timeframe {timeframe}` fetches.",
        )
    return chosen


def _range(
    project: Project, settings: Settings, flags: RunFlags, sources: Sequence[SeriesKey]
) -> tuple[int | None, int | None, int | None]:
    """(anchor, start, end) in UTC nanoseconds, None where the data itself decides."""
    start = flags.start or (None if flags.last else settings.defaults.start)
    end = flags.end or settings.defaults.end
    start_ns = None if start is None else parse_instant(start, where="--start")
    end_ns = None if end is None else parse_instant(end, inclusive_end=True, where="--end")
    if flags.last:
        if flags.start:
            raise UsageError("--last and --start say the same thing", where="command line", expected="one of the two")
        newest = _newest(project, sources, end_ns)
        start_ns = None if newest is None else newest - read_last(flags.last)
    if start_ns is not None and end_ns is not None and start_ns >= end_ns:
        raise UsageError(f"the range {start} … {end} is empty", where="--end", expected="an end after the start")
    anchor_ns = start_ns if flags.anchor is None else parse_instant(flags.anchor, where="--anchor")
    if anchor_ns is not None and start_ns is not None and anchor_ns > start_ns:
        raise UsageError(
            f"the anchor {flags.anchor} is after the start", where="--anchor", expected="an instant not after it"
        )
    return anchor_ns, start_ns, end_ns


def _newest(project: Project, sources: Sequence[SeriesKey], end_ns: int | None) -> int | None:
    """The end of the newest stored candle of these series, not after `end_ns`; None where nothing is stored."""
    held = [(project.history.coverage(key).last_ns, key.timeframe) for key in sources]
    ends = [last + frame.length_ns for last, frame in held if last is not None and frame]
    return min(max(ends), end_ns or max(ends)) if ends else None


def _mode(settings: Settings, flags: RunFlags, strategy: type[Strategy]) -> str:
    if flags.mode is not None:
        return flags.mode
    return "event" if form_of(strategy) is Form.CALLBACKS else settings.defaults.mode


def _per_symbol(instance: StrategyInstance | None, loaded: LoadedMarket) -> dict[str, dict[str, ParameterValue]] | None:
    """Own parameters per instrument of the market, by its full name."""
    if instance is None or not instance.per_symbol:
        return None
    names = {name: str(loaded.market.ids[loaded.market.place_of(name)]) for name in instance.per_symbol}
    return {names[name]: dict(own) for name, own in instance.per_symbol.items()}
