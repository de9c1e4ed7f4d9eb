"""From a strategy and its bars to decisions: what every mode calls, so that every mode decides alike.

Invariants: a decision at a bar uses nothing after that bar's close; arrays a strategy is given cannot be written to;
before the warm-up (derived from the indicators used) a target is 0 and nothing acts; the result depends on nothing but
the strategy's parameters, its seed and the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.indicators.memo import Memo, Recording, recording
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.indicator_arrays import Array, Condition, Indicators
from tickwright.strategy_api.informative import Informative, aligned, informatives_of, last_closed
from tickwright.strategy_api.strategy import Form, Strategy, form_of
from tickwright.strategy_api.views import StrategyBars, StrategyMarket

__all__ = [
    "Decisions", "Indicators", "Prepared", "StrategyBars", "StrategyMarket", "Weights", "evaluate_indicators",
    "evaluate_targets", "evaluate_weights",
]  # fmt: skip

InformativeBars = Mapping[tuple[str, str | None], StrategyBars]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a strategy computed from its bars before any decision.

    `warmup` is the index of the first bar whose decision may act. `wakes` is True where `on_bar` is called, None for
    every bar. `exits` is None for a strategy without protective exits.
    """

    indicators: Indicators
    warmup: int
    exits: Exits | None
    wakes: Condition | None

    def kept(self, keep: Callable[[Array], Array]) -> Prepared:
        """The same with every array handed through `keep`, which says where it lies."""
        arrays = Indicators(
            {name: _sealed(keep(np.ascontiguousarray(array))) for name, array in self.indicators.items()}
        )
        return replace(self, indicators=arrays, wakes=None if self.wakes is None else keep(self.wakes))


@dataclass(frozen=True, slots=True)
class Decisions:
    """The standing instructions of a strategy in the form `targets`.

    `targets` has one value per bar, float64 (NaN keeps what was wanted) or bool; before `warmup` it is 0, the value
    every run starts with, so nothing acts there.
    """

    targets: Array
    indicators: Indicators
    warmup: int
    exits: Exits | None


@dataclass(frozen=True, slots=True)
class Weights:
    """The standing instructions of a strategy in the form `weights`: time × instrument, fractions of equity.

    No weight is below `lowest`, which is 0 where none is negative.
    """

    weights: Float64Array
    warmup: int
    lowest: float


def evaluate_targets(
    strategy: Strategy, bars: StrategyBars, informative: InformativeBars | None = None, *, memo: Memo | None = None
) -> Decisions:
    """The decisions of a `targets` strategy over bars.

    `informative` hands in the bars of other timeframes and symbols by (timeframe, symbol or None); a higher timeframe
    that is not handed in is made from the symbol's bars of the strategy's own timeframe. A sweep hands the same `bars`
    and one `memo` to every trial, so each indicator is computed once. Raises `UsageError` for a strategy of another
    form, invalid parameters, or results of a wrong shape.
    """
    own = _begin(strategy, Form.TARGETS)
    with recording(memo) as scope:
        ind = _indicators(own, bars, informative or {}, scope)
        targets = _targets(own.targets(bars, ind), own, len(bars))
        exits = _exits(own, bars, ind)
        warmup = min(scope.warmup, len(bars))
    return Decisions(_silent_before(warmup, targets), ind, warmup, exits)


def evaluate_indicators(
    strategy: Strategy, bars: StrategyBars, informative: InformativeBars | None = None, *, memo: Memo | None = None
) -> Prepared:
    """Indicators, exits and wake condition of a strategy with callbacks, for one symbol."""
    strategy.require_valid()
    with recording(memo) as scope:
        ind = _indicators(strategy, bars, informative or {}, scope)
        exits = _exits(strategy, bars, ind)
        wakes = strategy.wakes(bars, ind)
        warmup = min(scope.warmup, len(bars))
    return Prepared(ind, warmup, exits, None if wakes is None else _condition(wakes, strategy, "wakes", len(bars)))


def evaluate_weights(strategy: Strategy, market: StrategyMarket, *, memo: Memo | None = None) -> Weights:
    """The decisions of a `weights` strategy over a panel; NaN keeps what was wanted.

    Raises `UsageError` for a strategy of another form, invalid parameters, or results of a wrong shape.
    """
    own = _begin(strategy, Form.WEIGHTS)
    if informatives_of(type(own)) or type(own).indicators is not Strategy.indicators:
        raise UsageError(
            f"{type(own).__name__} has indicators(bars) or @informative beside weights",
            where=type(own).__name__,
            expected="indicators computed inside weights(self, market)",
        )
    with recording(memo) as scope:
        weigh = _weights if own.universe is None else _weights_of_members
        weights, lowest = weigh(own, market)
        warmup = min(scope.warmup, len(market))
    return Weights(_silent_before(warmup, weights), warmup, lowest)


def _weights(strategy: Strategy, market: StrategyMarket) -> tuple[Float64Array, float]:
    """The weights, and the lowest of them or 0."""
    shape = len(market), len(market.symbols)
    numbers, lowest = _numbers_with_lowest(strategy.weights(market), strategy, "weights", shape)
    return numbers.astype(np.float64, copy=False), lowest


def _weights_of_members(strategy: Strategy, market: StrategyMarket) -> tuple[Float64Array, float]:
    """Weights of the members of each period, decided among them alone; 0 for all others.

    The strategy is asked once for each set of members that ever was.
    """
    assert strategy.universe is not None
    member, lowest = strategy.universe.members(market), 0.0
    sets, which = np.unique(member, axis=0, return_inverse=True)
    weights = np.zeros((len(market), len(market.symbols)))
    for number, members in enumerate(sets):
        places = np.flatnonzero(members)
        if len(places):
            rows = np.flatnonzero(which == number)
            decided, least = _weights(strategy, market.only(places))
            weights[np.ix_(rows, places)], lowest = decided[rows], min(lowest, least)
    return weights, lowest


def _begin(strategy: Strategy, form: Form) -> Strategy:
    if form_of(type(strategy)) is not form:
        raise UsageError(
            f"{type(strategy).__name__} is written with {form_of(type(strategy)).value}", where=type(strategy).__name__,
            expected=f"a strategy with {form.value}",
        )  # fmt: skip
    strategy.require_valid()
    return strategy.fresh()


def _indicators(strategy: Strategy, bars: StrategyBars, supplied: InformativeBars, scope: Recording) -> Indicators:
    """The strategy's own and informative arrays; the scope's warm-up grows to what they need."""
    own = {name: _named(array, strategy, name, len(bars)) for name, array in strategy.indicators(bars).items()}
    others = [_informative(mark, strategy, bars, supplied, scope) for mark in informatives_of(type(strategy))]
    others += [_part(name, strategy, bars, supplied, scope) for name in strategy.parts]
    for arrays in others:
        for name, array in arrays.items():
            if name in own:
                raise UsageError(
                    f"{name} is named twice", where=type(strategy).__name__, expected="each indicator once"
                )
            own[name] = array
    scope.warmup = max([scope.warmup, *(scope.needed_by(array) for array in own.values())])
    return Indicators(own)


def _part(
    name: str, strategy: Strategy, bars: StrategyBars, supplied: InformativeBars, scope: Recording
) -> dict[str, Array]:
    """A part's standing target under its name, and its indicators behind its name."""
    part = strategy.part(name)
    if form_of(type(part)) is not Form.TARGETS or type(part).exits is not Strategy.exits:
        raise UsageError(
            f"{type(part).__name__} cannot be a part",
            where=f"{type(strategy).__name__}.{name}",
            expected="a strategy of targets without exits; the whole decides about exits",
        )
    ind = _indicators(part, bars, supplied, scope)
    wanted = _standing(_targets(part.targets(bars, ind), part, len(bars)))
    return {name: _sealed(wanted), **{f"{name}_{inner}": ind[inner] for inner in ind}}


def _standing(targets: Array) -> Float64Array:
    """Targets with NaN replaced by what was wanted before, 0 at first."""
    numbers = targets.astype(np.float64)
    known = ~np.isnan(numbers)
    if known.all():
        return numbers
    latest = np.maximum.accumulate(np.where(known, np.arange(len(numbers)), -1))
    return np.where(latest >= 0, numbers[np.maximum(latest, 0)], 0.0)


def _informative(
    mark: Informative, strategy: Strategy, bars: StrategyBars, supplied: InformativeBars, scope: Recording
) -> dict[str, Array]:
    """One marked method's arrays at each of the strategy's bars; its warm-up is counted in the strategy's bars."""
    other = _informative_bars(mark, strategy, bars, supplied)
    with recording(scope.memo) as inner:
        computed = {
            name: _named(array, strategy, name, len(other)) for name, array in mark.method(strategy, other).items()
        }
    needed = max([inner.warmup, *(inner.needed_by(array) for array in computed.values())])
    places = last_closed(bars.close_time_ns, other.close_time_ns)
    scope.warmup = max(scope.warmup, int(np.searchsorted(places, needed)))
    return {f"{name}{mark.suffix}": _sealed(aligned(array, places)) for name, array in computed.items()}


def _informative_bars(
    mark: Informative, strategy: Strategy, bars: StrategyBars, supplied: InformativeBars
) -> StrategyBars:
    if mark.timeframe < bars.timeframe:
        raise UsageError(
            f"@informative({mark.timeframe.name!r}) is finer than the strategy's {bars.timeframe}",
            where=type(strategy).__name__,
            expected="the same timeframe or a higher one",
        )
    found = supplied.get(mark.key)
    if found is not None:
        return found
    same_timeframe = supplied.get((bars.timeframe.name, mark.symbol))
    if same_timeframe is not None:
        return same_timeframe.resampled(mark.timeframe)
    if mark.symbol is not None and mark.symbol != bars.symbol:
        raise UsageError(
            f"no candles of {mark.symbol} {mark.timeframe} were handed in",
            where=type(strategy).__name__,
            hint=f"Fetch them with --symbol {mark.symbol} --timeframe {mark.timeframe}.",
        )
    return bars.resampled(mark.timeframe)


def _exits(strategy: Strategy, bars: StrategyBars, ind: Indicators) -> Exits | None:
    exits = strategy.exits(bars, ind)
    if exits is not None and not isinstance(exits, Exits):
        raise UsageError(
            f"exits returned a {type(exits).__name__}", where=type(strategy).__name__, expected="Exits(…) or None"
        )
    return exits


def _targets(answer: Any, strategy: Strategy, bars: int) -> Array:
    return _numbers(answer, strategy, "targets", (bars,))


def _numbers(answer: Any, strategy: Strategy, name: str, shape: tuple[int, ...]) -> Array:
    """An answer as bool or float64 of the right shape without infinities."""
    return _numbers_with_lowest(answer, strategy, name, shape)[0]


def _numbers_with_lowest(answer: Any, strategy: Strategy, name: str, shape: tuple[int, ...]) -> tuple[Array, float]:
    """The same with the lowest number, or 0 where none is negative."""
    array = _shaped(answer, strategy, name, shape)
    if array.dtype == np.bool_:
        return array, 0.0
    if array.dtype.kind not in "iuf":
        raise UsageError(
            f"{name} holds {array.dtype} values", where=type(strategy).__name__, expected="numbers, or true and false"
        )
    numbers = array.astype(np.float64, copy=False)
    # without a table of answers: infinity is an extreme, NaN are passed over
    lowest, highest = (float(extreme.reduce(numbers, axis=None, initial=0.0)) for extreme in (np.fmin, np.fmax))
    if np.isinf(lowest) or np.isinf(highest):
        raise UsageError(
            f"{name} is infinite at bar {int(np.argwhere(np.isinf(numbers))[0][0])}",
            where=type(strategy).__name__,
            expected="finite fractions, or NaN to keep what was wanted",
        )
    return numbers, lowest


def _condition(answer: Any, strategy: Strategy, name: str, bars: int) -> Condition:
    array = _shaped(answer, strategy, name, (bars,))
    if array.dtype != np.bool_:
        raise UsageError(f"{name} holds {array.dtype} values", where=type(strategy).__name__, expected="true and false")
    return array


def _shaped(answer: Any, strategy: Strategy, name: str, shape: tuple[int, ...]) -> Array:
    array = np.asarray(answer)
    if array.shape != shape:
        wanted = " × ".join(map(str, shape))
        raise UsageError(
            f"{name} returned shape {array.shape}",
            where=type(strategy).__name__,
            expected=f"one value per bar ({wanted})",
        )
    return array


def _named(array: Any, strategy: Strategy, name: str, bars: int) -> Array:
    return _sealed(_shaped(array, strategy, f"indicator {name}", (bars,)))


def _sealed(array: Array) -> Array:
    """The array, or a view on it, that cannot be written to."""
    if not array.flags.writeable:
        return array
    view = array.view()
    view.flags.writeable = False
    return view


def _silent_before(warmup: int, answer: Array) -> Array:
    """The answer with 0 before the warm-up: the value every run starts with, so nothing acts there."""
    if warmup == 0 or not answer[:warmup].any():
        return answer
    silent = answer.copy()
    silent[:warmup] = 0
    return silent
