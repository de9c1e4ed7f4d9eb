"""Plug a backtest together: strategy, market, costs and mode in; a `Run` out.

Invariants: whoever calls names the mode, nobody below asks for it; the manifest holds everything that is needed to run
the same again and to tell whether it was the same; a kept run is on disk before it is returned,
also where the database cannot be told of it yet.
"""

from __future__ import annotations

import hashlib
import inspect
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet
from tickwright.bootstrap.market_loading import LoadedMarket
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.bootstrap.strategy_failure import told_of
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.limits import NO_LIMITS, RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue, RunResult
from tickwright.domain.timestamp import iso
from tickwright.domain.version import VERSION
from tickwright.strategy_api.strategy import Form, Strategy, form_of

if TYPE_CHECKING:
    from tickwright.engine.chunks import Streaming

Mode = Literal["vector", "event", "replay"]
MODES: tuple[Mode, ...] = ("vector", "event", "replay")
Progress = Callable[[int, int], None]

_NO_CONTEXT = frozenset(("name", "strategy", "params", "per_symbol", "symbols", "timeframe", "versions", "warnings"))


@dataclass(frozen=True)
class BacktestRequest:
    """What to run: a strategy with its parameters, the capital, the costs and the mode.

    `start_ns` and `end_ns` bound the decisions; None means the market's own first and last bar. With `mode` "auto",
    array strategies run in vector mode and callbacks in event mode.
    """

    strategy: type[Strategy]
    params: Mapping[str, ParameterValue]
    cash: Decimal
    costs: CostModel
    mode: str = "auto"
    start_ns: int | None = None
    end_ns: int | None = None
    seed: int = 0
    name: str | None = None
    per_symbol_params: Mapping[str, Mapping[str, ParameterValue]] | None = None
    limits: RiskLimits = NO_LIMITS

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**63:
            raise UsageError(f"seed is {self.seed!r}", where="seed", expected="a whole number from 0 to 2^63 - 1")


def run_backtest(request: BacktestRequest, loaded: LoadedMarket, *, progress: Progress | None = None) -> Run:
    """Run in memory; nothing is written.

    Raises the errors of the settings and the data, and `StrategyFailed` for what the strategy's own code raised.
    """
    mode = chosen_mode(request)
    with told_of(request.strategy):
        strategy = request.strategy(**request.params)
        result = _mode_function(mode)(
            request.strategy,
            dict(request.params),
            loaded.market,
            cash=request.cash,
            cash_asset=loaded.market.cash_asset,
            costs=request.costs,
            limits=request.limits,
            start_ns=request.start_ns,
            end_ns=request.end_ns,
            seed=request.seed,
            per_symbol_params=request.per_symbol_params,
            progress=progress,
            streaming=_streaming(loaded, request.costs),
        )
    manifest = run_manifest(request, strategy, mode, loaded)
    return Run(result, manifest, loaded.market.bars, loaded.gaps)


def _streaming(loaded: LoadedMarket, costs: CostModel) -> Streaming | None:
    """How a market that was loaded with a memory budget is read."""
    if loaded.memory is None:
        return None
    from tickwright.engine.chunks import Streaming, rows_that_fit

    rows = rows_that_fit(loaded.market, costs, loaded.memory.bytes)
    return Streaming(rows, loaded.memory.spill.keep, loaded.memory.spill.release)


def keep_run(project: Project, run: Run) -> Run:
    """Count the run as a trial and keep it in the project; returns it with its id and folder."""
    manifest = dict(run.manifest)
    created_ns = time.time_ns() // 1000 * 1000  # the microseconds that its text can be read back with
    context = search_context(manifest)
    statistics = run.stats.document()
    tried = TriedSet(tried_parameters(manifest), statistics)
    search = SearchRecord(created_ns, str(manifest["strategy"]), trial_range(run), context, [tried])
    manifest["trials"], remarks = project.count_trials(search)
    manifest["warnings"] = [*manifest["warnings"], *remarks]
    manifest["digest"], manifest["account_digest"] = run.digest, run.account_digest
    manifest["statistics"] = statistics
    name, seed = str(manifest["name"]), run.digest
    folder, kept = project.save_run(name, created_ns, seed, run.result, run.trades, manifest)
    return replace(run, manifest=kept, folder=folder)


def search_context(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What makes the result of a trial beside its parameters: all of the manifest that is not a name or a remark."""
    kept = {name: value for name, value in manifest.items() if name not in _NO_CONTEXT}
    return kept | {"data": manifest["data"]["hash"]}


def tried_parameters(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a run, those of one symbol under its name."""
    own = manifest.get("per_symbol") or {}
    named = {f"{symbol} {name}": value for symbol, of in own.items() for name, value in of.items()}
    return {**manifest["params"], **named}


def trial_range(run: Run) -> TrialRange:
    """The range of data a run looked at."""
    first = min(int(bars.open_time_ns[0]) for bars in run.bars)
    last = max(int(bars.open_time_ns[-1]) for bars in run.bars)
    return TrialRange(tuple(run.manifest["symbols"]), run.manifest["timeframe"], first, last + 1)


def chosen_mode(request: BacktestRequest) -> Mode:
    """The mode of a request; raises `UsageError` for a strategy of callbacks in vector mode."""
    callbacks = form_of(request.strategy) is Form.CALLBACKS
    if request.mode == "auto":
        return "event" if callbacks else "vector"
    named = next((mode for mode in MODES if mode == request.mode), None)
    if named is None:
        raise UsageError(f"{request.mode!r} is not a mode", where="mode", expected=f"one of {', '.join(MODES)}")
    if named == "vector" and callbacks:
        raise UsageError(
            f"{request.strategy.__name__} is written as callbacks, which vector mode cannot run",
            where="mode",
            expected="event or replay",
            hint="Use --mode event.",
        )
    return named


def _mode_function(mode: Mode) -> Callable[..., RunResult]:
    if mode == "vector":
        from tickwright.modes import vector

        return vector.run
    from tickwright.modes import event

    return event.run if mode == "event" else event.replay


def run_manifest(request: BacktestRequest, strategy: Strategy, mode: str, loaded: LoadedMarket) -> dict[str, Any]:
    """What a run of this request is, before it has a result."""
    market = loaded.market
    first = min(int(bars.open_time_ns[0]) for bars in market.bars)
    last = max(int(bars.open_time_ns[-1]) for bars in market.bars) + market.timeframe.length_ns
    return {
        "name": request.name or request.strategy.__name__,
        "strategy": request.strategy.__name__,
        "strategy_source": _source_hash(request.strategy),
        "params": strategy.params,
        "per_symbol": None if request.per_symbol_params is None else dict(request.per_symbol_params),
        "mode": mode,
        "symbols": [str(identity) for identity in market.ids],
        "timeframe": str(market.timeframe),
        "detail": str(market.finest[0].timeframe) if market.has_detail else None,
        "start": iso(first if request.start_ns is None else max(first, request.start_ns)),
        "end": iso(last if request.end_ns is None else min(last, request.end_ns)),
        "anchor": iso(first),
        "cash": str(request.cash),
        "cash_asset": market.cash_asset,
        "costs": asdict(request.costs),
        "margin": _margin_document(market),
        "limits": {name: str(limit) for name, limit in asdict(request.limits).items() if limit is not None},
        "seed": request.seed,
        "data": loaded.data_document(),
        "versions": _versions(),
        "warnings": list(loaded.warnings),
    }


def _margin_document(market: Market) -> dict[str, dict[str, str]] | None:
    """How each perpetual is held; None where there are none."""
    held = zip(market.instruments, market.margins, strict=True)
    document = {
        str(instrument.id): {"leverage": str(margin.leverage), "mode": margin.mode}
        for instrument, margin in held
        if instrument.kind == "perpetual"
    }
    return document or None


def _source_hash(strategy: type[Strategy]) -> str | None:
    """SHA-256 of the strategy's source text, None where Python cannot find it (typed into a prompt)."""
    try:
        return hashlib.sha256(inspect.getsource(strategy).encode()).hexdigest()
    except (OSError, TypeError):
        return None


def _versions() -> dict[str, str]:
    packages = {name: version(name) for name in ("numpy", "numba", "llvmlite")}
    return {
        "tickwright": VERSION,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **packages,
    }
