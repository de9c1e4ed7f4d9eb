"""What a strategy wants at every instant, as arrays the kernel reads.

Invariants: indicators are computed from the market's first bar (the history anchor), decisions are taken in the traded
rows only; an absent bar wants nothing (NaN); a negative target on an instrument that cannot be short is refused before
anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.market import Market
from tickwright.domain.run import ParameterValue
from tickwright.engine.float_panel import kept_at, made_anew
from tickwright.engine.rows import MarketRows, UInt8Array
from tickwright.strategy_api.acts import Acts
from tickwright.strategy_api.evaluate import StrategyBars, StrategyMarket, evaluate_targets, evaluate_weights
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Form, Strategy, form_of

if TYPE_CHECKING:
    from tickwright.indicators.memo import Memo

DISTANCES: Final[tuple[Literal["stop", "target", "trail"], ...]] = ("stop", "target", "trail")
PerSymbol = Mapping[str, Mapping[str, ParameterValue]]


@dataclass(frozen=True)
class ExitDistances:
    """Protective exits per decision × instrument as fractions of the entry price, NaN for none.

    Distances that are alike for every entry are arrays of one value.
    """

    stop: Float64Array
    target: Float64Array
    trail: Float64Array
    max_bars: int
    reenter_next_bar: bool
    by_mark: bool


@dataclass(frozen=True)
class Decisions:
    """Targets per decision × instrument, when they may act, and the exits their entries bear.

    `acts` is empty where a target acts at every change of its value.
    """

    wanted: Float64Array
    acts: UInt8Array
    policy: Acts
    share_of_equity: bool
    exits: ExitDistances | None

    def with_wanted(self, wanted: Float64Array) -> Decisions:
        """The same policy over another table of targets."""
        return replace(self, wanted=wanted)


@dataclass(frozen=True)
class StrategyViews:
    """The float64 views of a market that strategies see, made once per run or sweep."""

    bars: tuple[StrategyBars, ...]
    panel: StrategyMarket | None
    informative: Mapping[tuple[str, str | None], StrategyBars]

    @classmethod
    def of(
        cls,
        rows: MarketRows,
        strategy_class: type[Strategy],
        *,
        keep: Callable[[Float64Array], Float64Array] | None = None,
    ) -> StrategyViews:
        """The views a strategy of this class needs; a column of one symbol lies where `keep` puts it."""
        market = rows.market
        if form_of(strategy_class) is Form.WEIGHTS:
            lay = kept_at(market) if keep is None else made_anew
            return cls((), StrategyMarket.of(market, lay=lay), {})
        bars = tuple(
            StrategyBars.of(series, funding, keep=keep)
            for series, funding in zip(market.bars, market.funding, strict=True)
        )
        others = (*bars, *(StrategyBars.of(series, keep=keep) for series in market.informative))
        return cls(bars, None, {(view.timeframe.name, view.symbol): view for view in others})

    def informative_of(self, symbol: str) -> dict[tuple[str, str | None], StrategyBars]:
        """Other series as one symbol's strategy asks for them: its own ones also without a name."""
        answer = dict(self.informative)
        answer.update({(name, None): bars for (name, owner), bars in self.informative.items() if owner == symbol})
        return answer


def instances_of(
    strategy_class: type[Strategy],
    params: Mapping[str, ParameterValue],
    rows: MarketRows,
    seed: int,
    per_symbol: PerSymbol | None,
) -> list[Strategy]:
    """One instance per symbol, each with its own parameters and random numbers."""
    overrides = per_symbol or {}
    if not overrides:
        return [strategy_class(**params).bound_to(identity.symbol, seed=seed) for identity in rows.market.ids]
    known = {name for identity in rows.market.ids for name in (str(identity), identity.symbol)}
    for name in overrides:
        if name not in known:
            raise UsageError(
                f"{name!r} is not in this market", where="per-symbol parameters", expected=", ".join(sorted(known))
            )
    made = []
    for identity in rows.market.ids:
        own = overrides.get(str(identity), overrides.get(identity.symbol, {}))
        made.append(strategy_class(**{**params, **own}).bound_to(identity.symbol, seed=seed))
    return made


def decisions_of(
    strategy_class: type[Strategy],
    params: Mapping[str, ParameterValue],
    rows: MarketRows,
    *,
    views: StrategyViews | None = None,
    seed: int = 0,
    per_symbol: PerSymbol | None = None,
    memo: Memo | None = None,
) -> Decisions:
    """The decisions of a strategy of arrays (`targets` or `weights`); raises `UsageError` for callbacks."""
    views = views or StrategyViews.of(rows, strategy_class)
    if form_of(strategy_class) is Form.WEIGHTS:
        return _of_weights(strategy_class, params, rows, views, seed, memo)
    wanted = np.full((rows.decisions, rows.instruments), np.nan)
    exits: list[Exits | None] = []
    instances = instances_of(strategy_class, params, rows, seed, per_symbol)
    for place, strategy in enumerate(instances):
        informative = views.informative_of(rows.market.ids[place].symbol)
        answer = evaluate_targets(strategy, views.bars[place], informative, memo=memo)
        inside, places = rows.decision_bars(place), rows.decision_places(place)
        wanted[places, place] = answer.targets[inside]
        exits.append(answer.exits)
    refuse_shorts(wanted, rows)
    acts = instances[0].acts
    return Decisions(wanted, may_act(acts, rows), acts, False, exit_distances(exits, rows))


def _of_weights(
    strategy_class: type[Strategy],
    params: Mapping[str, ParameterValue],
    rows: MarketRows,
    views: StrategyViews,
    seed: int,
    memo: Memo | None,
) -> Decisions:
    strategy = strategy_class(**params).bound_to("", seed=seed)
    assert views.panel is not None
    answer = evaluate_weights(strategy, views.panel, memo=memo)
    wanted = np.ascontiguousarray(answer.weights[rows.first_bar : rows.end_bar], np.float64)
    if answer.lowest < 0:
        refuse_shorts(wanted, rows)
    return Decisions(wanted, may_act(strategy.acts, rows), strategy.acts, True, None)


def may_act(acts: Acts, rows: MarketRows, instruments: Sequence[int] | None = None) -> UInt8Array:
    """1 where a period lets an instrument act, a column for each (all by default); empty without periods."""
    asked = range(rows.instruments) if instruments is None else instruments
    if acts.period is None:
        return np.empty((0, len(asked)), np.uint8)
    table = np.zeros((rows.decisions, len(asked)), np.uint8)
    for column, place in enumerate(asked):
        places = rows.decision_places(place)
        table[places, column] = acts.first_instants(rows.decision_ns[places])
    return table


def refuse_shorts(wanted: Float64Array, rows: MarketRows) -> None:
    """Raise `UsageError` where a target is negative and the instrument cannot be short."""
    if not np.fmin.reduce(wanted, axis=None, initial=0.0) < 0:  # without a table of answers, NaN passed over
        return
    for place, instrument in enumerate(rows.market.instruments):
        refuse_short(wanted[:, place], instrument)


def refuse_short(wanted: Float64Array, instrument: Instrument) -> None:
    """The same for the targets of one instrument."""
    if instrument.kind == "spot" and (wanted < 0).any():
        raise UsageError(
            f"a negative target on {instrument.id}",
            where="strategy",
            expected="targets of 0 or more: spot cannot be short",
        )


def exit_distances(exits: list[Exits | None], rows: MarketRows) -> ExitDistances | None:
    """The exits of all instances on the decisions' grid."""
    given = same_limits(exits, rows.market)
    if not given:
        return None
    return distances_of(given, exits_alike(given) or _grids(given, rows))


def distances_of(given: Sequence[Exits], columns: Sequence[Float64Array]) -> ExitDistances:
    """Columns of stop, target and trail with what all symbols' exits have in common."""
    stop, target, trail = columns
    common = given[0]
    return ExitDistances(
        stop, target, trail, common.max_bars or 0, common.reenter == "next_bar", common.trigger_by == "mark"
    )


def same_limits(exits: list[Exits | None], market: Market) -> list[Exits]:
    """The exits of all instances, empty where none has any.

    Raises `UsageError` where they differ in what is one for all symbols, or look at a mark that a symbol does not have.
    """
    given = [one for one in exits if one is not None]
    for name in ("max_bars", "reenter", "trigger_by"):
        if given and (len({getattr(one, name) for one in given}) > 1 or len(given) < len(exits)):
            raise UsageError(f"symbols differ in {name}", where="exits", expected=f"one {name} for all symbols")
    for place, one in enumerate(given):
        if one.trigger_by == "mark" and not market.has_mark(place):
            raise no_mark(market.instruments[place].id)
    return given


def no_mark(identity: InstrumentId) -> UsageError:
    """What is said where the mark is to trigger exits and there is none."""
    return UsageError(
        f"exits of {identity} are to be triggered by a mark price, and it has none here",
        where="exits",
        expected="a perpetual with stored mark prices, or trigger_by of last",
        hint="`tickwright data fetch --kind mark` fetches them.",
    )


def exits_alike(given: list[Exits]) -> list[Float64Array] | None:
    """One value per distance where every entry has the same."""
    first = given[0]
    values = [getattr(first, name) for name in DISTANCES]
    numbers = all(value is None or np.ndim(value) == 0 for value in values)
    if not numbers or any([getattr(one, name) for name in DISTANCES] != values for one in given[1:]):
        return None
    return [np.full(1, np.nan if value is None else value, np.float64) for value in values]


def _grids(given: list[Exits], rows: MarketRows) -> list[Float64Array]:
    grids = [np.full((rows.decisions, rows.instruments), np.nan) for _ in DISTANCES]
    for place, one in enumerate(given):
        inside, places = rows.decision_bars(place), rows.decision_places(place)
        for name, grid in zip(DISTANCES, grids, strict=True):
            grid[places, place] = one.column(name, len(inside))[inside]
    return grids
