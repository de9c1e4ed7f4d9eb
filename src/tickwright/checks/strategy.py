"""The exam of a strategy: what must hold before anybody believes its results.

What makes a strategy easier to read and changes no result (a sentence on the class, one on each parameter) is a hint:
it is told and refuses nothing.
Invariants: every finding names what was done and where it went wrong; the exam changes nothing and ends whatever the
strategy does. It examines the signal forms by evaluating them; callbacks are examined as far as they are arrays
(indicators, exits, wake condition): what they do with `ctx` is seen only in a run.

The examination for look-ahead cuts the data at many places and asks again: a decision that changes when later bars
become known has seen the future. Known limit: a strategy that looks ahead on rare occasions only can pass by chance;
more cuts make that less likely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.checks.example_bars import example_bars, example_market
from tickwright.domain.errors import UsageError
from tickwright.strategy_api.evaluate import (
    Decisions,
    Prepared,
    Weights,
    evaluate_indicators,
    evaluate_targets,
    evaluate_weights,
)
from tickwright.strategy_api.parameters import parameters_of
from tickwright.strategy_api.strategy import Form, Strategy, form_of
from tickwright.strategy_api.views import StrategyBars, StrategyMarket

Data = StrategyBars | StrategyMarket
Outcome = Decisions | Prepared | Weights
Columns = Mapping[str, npt.NDArray[Any]]

RULES = ("parameters", "runs", "repeats itself", "leaves bars untouched", "no look-ahead", "enough history", "decides")
_UNSETTLED, _SETTLED = 0.10, 0.01  # of an indicator's own spread


@dataclass(frozen=True, slots=True)
class StrategyFinding:
    """One thing an exam found: under which rule, what happened, and at which bar (None where it is not about one)."""

    rule: str
    problem: str
    bar: int | None = None

    def __str__(self) -> str:
        place = "" if self.bar is None else f" (bar {self.bar})"
        return f"{self.rule}: {self.problem}{place}"


@dataclass(frozen=True, slots=True)
class StrategyExam:
    """The result of an exam: its findings, what was examined, and hints that refuse nothing."""

    strategy: str
    findings: tuple[StrategyFinding, ...]
    rules: tuple[str, ...] = field(default=())
    bars: int = 0
    hints: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """True where nothing was found."""
        return not self.findings

    def __str__(self) -> str:
        hints = [f"  hint: {hint}" for hint in self.hints]
        if self.passed:
            return "\n".join([f"{self.strategy} passes: {', '.join(self.rules)} on {self.bars} bars.", *hints])
        findings = [f"  {finding}" for finding in self.findings]
        return "\n".join([f"{self.strategy} does not pass:", *findings, *hints])


def check_strategy(
    strategy: Strategy | type[Strategy], data: Data | None = None, *, cuts: int = 24, seed: int = 0
) -> StrategyExam:
    """Examine a strategy on bars (a panel for `weights`), on seeded example bars where none are given.

    Examined in this order, and no further once it cannot run at all: its parameters, that it runs, the same answer
    twice, untouched bars, no look-ahead (`cuts` places), enough history, that it decides anything.
    """
    instance = strategy() if isinstance(strategy, type) else strategy
    name = type(instance).__name__
    examined = _data_for(instance) if data is None else data
    findings, hints = list(_parameters(type(instance))), tuple(_undocumented(type(instance)))
    ran = _try(instance, examined)
    if isinstance(ran, StrategyFinding):
        return StrategyExam(name, (*findings, ran), ("parameters", "runs"), len(examined), hints)
    findings += _same_twice(instance, examined, ran)
    findings += _untouched(instance, examined)
    findings += _look_ahead(instance, examined, ran, _cut_places(len(examined), cuts, seed))
    findings += _enough_history(instance, examined, ran)
    findings += _decides(ran)
    return StrategyExam(name, tuple(findings), RULES, len(examined), hints)


def _data_for(strategy: Strategy) -> Data:
    timeframe = strategy.timeframe or "1h"
    if form_of(type(strategy)) is Form.WEIGHTS:
        return example_market(2400, timeframe=timeframe)
    return example_bars(2400, timeframe=timeframe)


def _evaluate(strategy: Strategy, data: Data) -> Outcome:
    if isinstance(data, StrategyMarket):
        return evaluate_weights(strategy, data)
    if form_of(type(strategy)) is Form.CALLBACKS:
        return evaluate_indicators(strategy.fresh(), data)
    return evaluate_targets(strategy, data)


def _columns(outcome: Outcome) -> Columns:
    """Everything an evaluation decided, by name, one row per bar."""
    if isinstance(outcome, Weights):
        return {"weights": outcome.weights}
    indicators = outcome.indicators
    columns: dict[str, npt.NDArray[Any]] = {f"indicator {name}": indicators[name] for name in indicators}
    bars = len(next(iter(columns.values()))) if columns else 0
    if isinstance(outcome, Decisions):
        columns["targets"] = outcome.targets
        bars = len(outcome.targets)
    elif outcome.wakes is not None:
        columns["wakes"] = outcome.wakes
        bars = len(outcome.wakes)
    if outcome.exits is not None:
        for name in ("stop", "target", "trail"):
            columns[f"exit {name}"] = outcome.exits.column(name, bars)
    return columns


def _parameters(strategy: type[Strategy]) -> Iterator[StrategyFinding]:
    """Defaults that go together."""
    if not strategy().valid():
        yield StrategyFinding("parameters", "the defaults are a combination that valid() refuses")


def _undocumented(strategy: type[Strategy]) -> Iterator[str]:
    """What `strategy show` will have nothing to say about."""
    for name, parameter in parameters_of(strategy).items():
        if not parameter.doc:
            yield f"{name} has no doc= that says what it is"
    if not (strategy.__doc__ or "").strip():
        yield "the class has no docstring that says what it does"


def _try(strategy: Strategy, data: Data) -> Outcome | StrategyFinding:
    try:
        return _evaluate(strategy, data)
    except UsageError as error:
        return StrategyFinding("runs", str(error))
    except Exception as error:  # the strategy's own code: whatever it raises is the finding
        return StrategyFinding("runs", f"it raised {type(error).__name__}: {error}")


def _same_twice(strategy: Strategy, data: Data, first: Outcome) -> Iterator[StrategyFinding]:
    second = _try(strategy, data)
    if isinstance(second, StrategyFinding):
        yield StrategyFinding("repeats itself", f"the second time {second.problem}")
        return
    for name, bar in _differences(_columns(first), _columns(second)):
        problem = f"{name} is another the second time; draw from self.rng and keep no state"
        yield StrategyFinding("repeats itself", problem, bar)


def _untouched(strategy: Strategy, data: Data) -> Iterator[StrategyFinding]:
    """Whether bars, copied and open to writing, are as they were after an evaluation."""
    copy = _writable(data)
    ran = _try(strategy, copy)
    if isinstance(ran, StrategyFinding):
        yield StrategyFinding("leaves bars untouched", f"on bars that could be written to {ran.problem}")
        return
    for name in ("open", "high", "low", "close", "volume"):
        if not np.array_equal(getattr(copy, name), getattr(data, name), equal_nan=True):
            yield StrategyFinding("leaves bars untouched", f"it wrote into bars.{name}")


def _writable(data: Data) -> Data:
    copy = data.head(len(data))
    for name in ("open_time_ns", "open", "high", "low", "close", "volume"):
        object.__setattr__(copy, name, np.array(getattr(data, name)))
    return copy


def _look_ahead(strategy: Strategy, data: Data, whole: Outcome, cuts: list[int]) -> Iterator[StrategyFinding]:
    """Decisions on data that ends at a bar must be those the whole data gave up to that bar."""
    told: set[str] = set()
    for cut in cuts:
        part = _try(strategy, data.head(cut))
        if isinstance(part, StrategyFinding):
            yield StrategyFinding("no look-ahead", f"with the first {cut} bars only, {part.problem}", cut)
            return
        known = {name: column[:cut] for name, column in _columns(whole).items()}
        for name, bar in _differences(known, _columns(part)):
            if name not in told:
                told.add(name)
                yield StrategyFinding("no look-ahead", f"{name} changes when bars after {cut - 1} become known", bar)


def _cut_places(bars: int, cuts: int, seed: int) -> list[int]:
    """Where to cut: some places spread evenly, as many at random, and the last few bars."""
    rng = np.random.Generator(np.random.Philox(seed))
    even = np.linspace(1, bars - 1, cuts // 2, dtype=np.int64) if bars > 1 else np.empty(0, np.int64)
    drawn = rng.integers(1, max(2, bars), cuts - cuts // 2)
    return sorted({int(place) for place in (*even, *drawn, bars - 1, bars - 2, bars - 3) if 0 < place < bars})


def _enough_history(strategy: Strategy, data: Data, whole: Outcome) -> Iterator[StrategyFinding]:
    """The warm-up ends inside the data, indicators become known, and at its end they have settled."""
    if whole.warmup >= len(data):
        problem = f"it needs {whole.warmup} bars before its first decision; here are {len(data)}"
        yield StrategyFinding("enough history", problem)
        return
    numbers = {name: column for name, column in _columns(whole).items() if _is_number_indicator(name, column)}
    for name, column in numbers.items():
        if np.isnan(column[whole.warmup :]).all():
            yield StrategyFinding("enough history", f"{name} is never known")
    dropped = len(data) // 3
    late = _try(strategy, data.since(dropped))
    if isinstance(late, StrategyFinding) or dropped + late.warmup >= len(data):
        return
    for name, column in numbers.items():
        if not _settles_in_time(column[dropped:], _columns(late).get(name), late.warmup):
            problem = f"{name} still depends on where its history began after the warm-up of {late.warmup} bars"
            yield StrategyFinding("enough history", problem, dropped + late.warmup)


def _settles_in_time(long: npt.NDArray[Any], short: npt.NDArray[Any] | None, warmup: int) -> bool:
    """Whether an indicator with a long history and one that began later agree at the end of the warm-up.

    Indicators that never agree (running totals) depend on their beginning by nature and are let pass.
    """
    if short is None or short.shape != long.shape:
        return True
    known = ~np.isnan(long) & ~np.isnan(short)
    known[:warmup] = False
    if not known.any():
        return True
    apart = np.abs(long[known] - short[known])
    spread = max(float(np.std(long[known])), 1e-300)
    return bool(apart[0] <= _UNSETTLED * spread or apart[-1] > _SETTLED * spread)


def _is_number_indicator(name: str, column: npt.NDArray[Any]) -> bool:
    return name.startswith("indicator ") and column.dtype.kind == "f"


def _decides(whole: Outcome) -> Iterator[StrategyFinding]:
    columns = _columns(whole)
    for name in ("targets", "weights"):
        if name in columns and not np.any(np.nan_to_num(columns[name].astype(np.float64))):
            yield StrategyFinding("decides", f"{name} are 0 at every bar")


def _differences(left: Columns, right: Columns) -> Iterator[tuple[str, int]]:
    """Names whose columns differ, with the first bar at which they do; NaN equals NaN."""
    for name in sorted({*left, *right}):
        if name not in left or name not in right or left[name].shape != right[name].shape:
            yield name, 0
            continue
        ours, theirs = left[name], right[name]
        equal = (ours == theirs) | (_unknown(ours) & _unknown(theirs))
        if not equal.all():
            yield name, int(np.argwhere(~equal)[0][0])


def _unknown(column: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(column.shape, np.bool_)
