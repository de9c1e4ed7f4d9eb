"""The class a strategy author extends: parameters, form, and what the platform asks of it.

Invariants: a strategy overrides exactly one of `targets` (arrays of one symbol), `weights` (a panel of all symbols) or
callbacks; with `weights` or `on_bars` one instance serves all symbols, otherwise each symbol has its own, with its own
parameters, state and random numbers. A made strategy's parameters never change: `SmaCross(fast=10)` makes another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from tickwright.domain.errors import UsageError
from tickwright.strategy_api.acts import Acts, on_change
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.informative import Informative, informatives_of
from tickwright.strategy_api.parameters import ParameterValue, accept_overrides, parameters_of
from tickwright.strategy_api.parts import adopt_parts
from tickwright.strategy_api.state import persistent
from tickwright.strategy_api.universe import Universe
from tickwright.strategy_api.views import StrategyBars, StrategyMarket

CALLBACKS = (
    "on_start", "on_bar", "on_bars", "on_trade", "on_book", "on_funding", "on_order", "on_fill", "on_timer",
    "on_universe", "on_stop",
)  # fmt: skip


class Form(StrEnum):
    """How a strategy speaks."""

    TARGETS = "targets"
    WEIGHTS = "weights"
    CALLBACKS = "callbacks"


class Strategy:
    """A trading strategy, in one of three forms.

    - `targets(self, bars, ind)`: per symbol, the wanted position as a fraction of the symbol's allocation, one value
      per bar. True is 1, False is 0, NaN keeps what was wanted.
    - `weights(self, market)`: over all symbols, the wanted position of each as a fraction of equity, time × instrument.
    - callbacks (`on_bar(self, ctx, bar)`, `on_fill(self, ctx, fill)`, …): orders sent through `ctx`.

    `timeframe` is empty for "whatever the run says"; `acts` says when a target acts; `needs` names extra series
    (`"funding"`); `universe` chooses symbols by rank; `parts` names strategies whose standing targets arrive as
    `ind.NAME` (see `compose`).
    """

    timeframe: ClassVar[str] = ""
    acts: ClassVar[Acts] = on_change
    needs: ClassVar[tuple[str, ...]] = ()
    universe: ClassVar[Universe | None] = None
    parts: ClassVar[Mapping[str, type[Strategy]]] = MappingProxyType({})
    state = persistent()

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        adopt_parts(cls, cls.parts)

    def __init__(self, **overrides: Any) -> None:
        values = accept_overrides(type(self), overrides)
        self.__dict__.update(values)
        self._origin = (0, type(self).__name__, "")
        self._rng: np.random.Generator | None = None

    # ---- what an author overrides -----------------------------------------------------------------------------------

    def valid(self) -> bool:
        """Whether the parameters make sense together; a sweep skips and counts combinations that do not."""
        return all(self.part(name).valid() for name in self.parts)

    def indicators(self, bars: StrategyBars) -> Mapping[str, Array]:
        """Named arrays, one value per bar, that `targets`, `exits` and callbacks read as `ind.name`."""
        return {}

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        """The wanted position at each bar's close, as a fraction of the symbol's allocation."""
        raise _not_overridden(type(self), "targets")

    def weights(self, market: StrategyMarket) -> Array:
        """The wanted position of each symbol at each instant, as a fraction of equity: time × instrument."""
        raise _not_overridden(type(self), "weights")

    def exits(self, bars: StrategyBars, ind: Indicators) -> Exits | None:
        """Protective exits for what is entered at each bar; None for none."""
        return None

    def wakes(self, bars: StrategyBars, ind: Indicators) -> Array | None:
        """For callbacks: True at the bars on which `on_bar` is called; None for every bar."""
        return None

    # ---- what the platform asks -------------------------------------------------------------------------------------

    @property
    def params(self) -> dict[str, ParameterValue]:
        """All parameter values by name."""
        return {name: getattr(self, name) for name in parameters_of(type(self))}

    def part(self, name: str) -> Strategy:
        """One of the strategies inside, with the parameters this one holds for it."""
        inner = self.parts[name]
        seed, instance, symbol = self._origin
        values = {parameter: getattr(self, f"{name}_{parameter}") for parameter in parameters_of(inner)}
        return inner(**values).bound_to(symbol, seed=seed, instance=f"{instance}.{name}")

    @property
    def rng(self) -> np.random.Generator:
        """Random numbers drawn only from the run's seed, the instance's name and the symbol."""
        if self._rng is None:
            seed = int.from_bytes(hashlib.blake2b(repr(self._origin).encode(), digest_size=16).digest())
            self._rng = np.random.Generator(np.random.Philox(seed))
        return self._rng

    def bound_to(self, symbol: str, *, seed: int = 0, instance: str = "") -> Self:
        """A fresh copy for one symbol ("" for one instance over all): first state, random numbers from the start."""
        if type(self).__init__ is Strategy.__init__:  # a sweep makes thousands: what was accepted is not asked again
            made = type(self).__new__(type(self))
            made.__dict__.update(self.params, _rng=None)
        else:
            made = type(self)(**self.params)
        made._origin = (seed, instance or self._origin[1], symbol)
        return made

    def fresh(self) -> Self:
        """The same strategy before its first bar: first state, random numbers from the start."""
        seed, instance, symbol = self._origin
        return self.bound_to(symbol, seed=seed, instance=instance)

    def with_params(self, **overrides: Any) -> Self:
        """A copy with some parameters replaced, bound as this one is."""
        copy = type(self)(**{**self.params, **overrides})
        copy._origin = self._origin
        return copy

    def require_valid(self) -> None:
        """Raise `UsageError` where `valid()` says no."""
        if not self.valid():
            raise UsageError(
                f"{self!r} is not a valid combination",
                where=type(self).__name__,
                expected="parameters for which valid() is true",
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.params.items())})"


def form_of(strategy: type[Strategy]) -> Form:
    """The form of a strategy; raises `UsageError` unless it overrides exactly one."""
    plain: type = strategy
    return _found_form(plain)


@lru_cache(maxsize=256)  # a sweep asks for every trial
def _found_form(strategy: type) -> Form:
    written = [form for form in (Form.TARGETS, Form.WEIGHTS) if _overrides(strategy, form.value)]
    if callbacks_of(strategy):
        written.append(Form.CALLBACKS)
    if len(written) != 1:
        found = " and ".join(written) or "none of them"
        raise UsageError(
            f"{strategy.__name__} overrides {found}",
            where=strategy.__name__,
            expected="exactly one of targets(self, bars, ind), weights(self, market), or callbacks such as on_bar",
        )
    _check_universe(strategy, written[0])
    return written[0]


def _check_universe(strategy: type[Strategy], form: Form) -> None:
    """A universe is for one instance over all symbols: weights, or `on_bars` that is told of it by `on_universe`."""
    callbacks = callbacks_of(strategy)
    told = "on_universe" in callbacks
    chooses = form is Form.WEIGHTS or (told and "on_bars" in callbacks)
    if (strategy.universe is not None and not chooses) or (told and (strategy.universe is None or not chooses)):
        found = "on_universe" if told else "a universe"
        raise UsageError(
            f"{strategy.__name__} has {found} and is written with {form.value}",
            where=strategy.__name__,
            expected="universe = top(…) with weights(self, market), or with on_bars and on_universe",
        )


def series_asked_for(strategy: type[Strategy]) -> tuple[Informative, ...]:
    """The other timeframes and symbols a strategy and its parts read."""
    inner = (mark for part in strategy.parts.values() for mark in series_asked_for(part))
    return (*informatives_of(strategy), *inner)


def callbacks_of(strategy: type[Strategy]) -> tuple[str, ...]:
    """The callbacks a strategy has, in the order of `CALLBACKS`."""
    return tuple(name for name in CALLBACKS if callable(getattr(strategy, name, None)))


def one_instance(strategy: type[Strategy]) -> bool:
    """True where one instance serves all symbols: the `weights` form and callbacks with `on_bars`."""
    return form_of(strategy) is Form.WEIGHTS or "on_bars" in callbacks_of(strategy)


def _overrides(strategy: type[Strategy], name: str) -> bool:
    return getattr(strategy, name) is not getattr(Strategy, name)


def _not_overridden(strategy: type[Strategy], name: str) -> UsageError:
    return UsageError(
        f"{strategy.__name__} has no {name}", where=strategy.__name__, expected=f"a strategy of the {name} form"
    )
