"""What the kernel calls at each decision: strategies with callbacks, or arrays handed over instant by instant.

Invariants: a wake is called with the decision's index, or with `WAKE_FILLS` after fills at an OPEN; symbols wake in the
market's own order; an exception of a strategy stops the run and is raised outside the kernel.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tickwright.domain.records import Liquidity, Reason
from tickwright.domain.run import ParameterValue
from tickwright.engine.chunks import Streaming
from tickwright.engine.compact import CompactDecisions
from tickwright.engine.decisions import Decisions, PerSymbol, StrategyViews, instances_of
from tickwright.engine.desk import KernelDesk
from tickwright.engine.memory import Memory
from tickwright.engine.occasions import Occasions, refuse_what_never_comes
from tickwright.engine.rows import MarketRows
from tickwright.kernel.advance import WAKE_FILLS
from tickwright.strategy_api.account_views import FillView
from tickwright.strategy_api.context import Context, MarketContext
from tickwright.strategy_api.desk import Scales
from tickwright.strategy_api.evaluate import Prepared, evaluate_indicators
from tickwright.strategy_api.strategy import Strategy, callbacks_of, one_instance
from tickwright.strategy_api.timers import Timers

_POINTER = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
_Numbers = range | npt.NDArray[np.int64]


class Wakes(Protocol):
    """Who decides: called by the kernel through one C function."""

    def begin(self, memory: Memory) -> None:
        """Bind to the memory before the first row."""
        ...

    def turn(self, first: int, end: int) -> None:
        """The decisions from `first` to `end` come next; only told to a run in chunks."""
        ...

    def wake(self, code: int) -> None:
        """Decide at an instant, or answer fills."""
        ...

    def end(self) -> None:
        """The data is over."""
        ...


class Bell:
    """The C function the kernel calls: keeps a strategy's exception, because ctypes would swallow it."""

    def __init__(self, wakes: Wakes) -> None:
        raised: list[BaseException] = []
        wake, self._raised = wakes.wake, raised

        def ring(code: int) -> int:
            try:
                wake(code)
            except BaseException as error:
                raised.append(error)
                return 1
            return 0

        self._pointer = _POINTER(ring)
        self.address = int(ctypes.c_void_p.from_buffer(self._pointer).value or 0)  # `cast` would make a circle

    def raise_error(self) -> None:
        """Raise what a strategy raised."""
        if self._raised:
            raise self._raised[0]


class TargetWakes:
    """Arrays of targets, handed to the kernel one instant at a time."""

    def __init__(self, decisions: Decisions | CompactDecisions) -> None:
        self._decisions, self._first = decisions, 0

    def begin(self, memory: Memory) -> None:
        """Give the kernel an empty table of targets."""
        self._memory, decisions = memory, self._decisions
        if isinstance(decisions, CompactDecisions):
            memory.want(decisions.terms)
        else:
            self._wanted = decisions.wanted
            memory.want(decisions.with_wanted(np.full_like(self._wanted, np.nan)))
            self._table = memory.arrays["wanted"].reshape(self._wanted.shape)
        memory.wake_at(np.ones(memory.rows.decisions, np.uint8), on_fill=False)

    def turn(self, first: int, end: int) -> None:
        """Give the kernel an empty table of these decisions."""
        assert isinstance(self._decisions, CompactDecisions)
        tables, shape = self._decisions.between(first, end), (end - first, self._memory.rows.instruments)
        self._first, self._wanted = first, tables["wanted"].reshape(shape)
        self._table = np.full(shape, np.nan)
        self._memory.show_decisions({**tables, "wanted": self._table}, first)

    def wake(self, code: int) -> None:
        """Hand over the targets of one instant."""
        if code >= 0:
            self._table[code - self._first] = self._wanted[code - self._first]

    def end(self) -> None:
        """Nothing is left to say."""


class CallbackWakes:
    """Strategies with callbacks: `on_fill`, `on_order` and occasions for what happened, then `on_bar` or `on_bars`."""

    def __init__(
        self,
        strategy_class: type[Strategy],
        params: Mapping[str, ParameterValue],
        rows: MarketRows,
        *,
        seed: int,
        per_symbol: PerSymbol | None,
        streaming: Streaming | None = None,
    ) -> None:
        refuse_what_never_comes(strategy_class, rows.market)
        keep = None if streaming is None else streaming.keep
        self.rows, self._views = rows, StrategyViews.of(rows, strategy_class, keep=keep)
        self._names = frozenset(callbacks_of(strategy_class))
        self._together = one_instance(strategy_class)
        if self._together:
            self.strategies: list[Strategy] = [strategy_class(**params).bound_to("", seed=seed)] * rows.instruments
        else:
            self.strategies = instances_of(strategy_class, params, rows, seed, per_symbol)
        places = [rows.market.ids[place].symbol for place in range(rows.instruments)]
        self._occasions = Occasions(strategy_class, rows, self.strategies)
        self._prepared: list[Prepared] = []
        self._bar_of: list[_Numbers] = []
        for place, (strategy, bars, symbol) in enumerate(zip(self.strategies, self._views.bars, places, strict=True)):
            prepared = evaluate_indicators(strategy, bars, self._views.informative_of(symbol))
            numbers = self._bar_numbers(place)
            if streaming is not None:
                prepared = prepared.kept(streaming.keep)
                numbers = numbers if isinstance(numbers, range) else streaming.keep(numbers)
                streaming.release()
            self._prepared.append(prepared)
            self._bar_of.append(numbers)

    def _bar_numbers(self, place: int) -> _Numbers:
        """The bar of an instrument at each decision, -1 where it is absent; a range where it has one in every row."""
        if len(self.rows.market.bars[place]) == len(self.rows.bar_open_ns):
            return range(self.rows.first_bar, self.rows.end_bar)
        numbers = np.full(self.rows.decisions, -1, np.int64)
        numbers[self.rows.decision_places(place)] = np.flatnonzero(self.rows.decision_bars(place))
        return numbers

    def _wake_at(self) -> npt.NDArray[np.uint8]:
        """At which decisions the kernel calls."""
        if self._names.isdisjoint(("on_bar", "on_bars", "on_fill", "on_order")):
            return np.zeros(self.rows.decisions, np.uint8)
        wake = np.zeros(self.rows.decisions, np.uint8)
        for numbers, prepared in zip(self._bar_of, self._prepared, strict=True):
            if isinstance(numbers, range):
                wake |= 1 if prepared.wakes is None else prepared.wakes[numbers.start : numbers.stop].view(np.uint8)
                continue
            present = numbers >= 0
            wake[present] |= 1 if prepared.wakes is None else prepared.wakes[numbers[present]].view(np.uint8)
        return wake

    def begin(self, memory: Memory) -> None:
        """Make the contexts, and let strategies start."""
        self.desk, self._memory, self._client, self._seen = KernelDesk(memory), memory, memory.client, 0
        self._tells_ends = "on_order" in self._names
        self._tells_more = self._tells_ends or self._occasions.any
        market = self.rows.market
        self.contexts: list[Context] = []
        for place, strategy in enumerate(self.strategies):
            scales = Scales(
                10.0 ** market.price_scales[place],
                10.0 ** market.quantity_scales[place],
                10.0 ** market.asset_scales[0],
            )
            prepared = self._prepared[place]
            indicators, bars = prepared.indicators, self._views.bars[place]
            timers = self.contexts[0].timers if self._together and self.contexts else Timers(self.desk.wake_at)
            made = Context(self.desk, strategy, place, scales, bars, indicators, self.rows.instruments, timers)
            self.contexts.append(made)
            memory.positions[place].warmup = self._first_decision(place, prepared.warmup)
        self._asked = self._wake_at()
        memory.wake_at(self._asked | self._occasions.decisions(), on_fill="on_fill" in self._names)
        memory.client.now_ns = int(self.rows.open_ns[self.rows.first_row])
        self._panel = MarketContext({context.symbol: context for context in self.contexts})
        self._occasions.begin(memory, self.contexts, self._panel if self._together else None)
        self._waking = [self._waking_of(place) for place in range(self.rows.instruments)]
        self._tell_all("on_start")

    def _first_decision(self, place: int, warmup: int) -> int:
        """The first decision whose bar is past the warm-up."""
        numbers = self._bar_of[place]
        if isinstance(numbers, range):
            return min(max(warmup - numbers.start, 0), len(numbers))
        warm = np.flatnonzero(numbers >= warmup)
        return int(warm[0]) if len(warm) else self.rows.decisions

    def _waking_of(self, place: int) -> tuple[Any, ...]:
        strategy, wakes = self.strategies[place], self._prepared[place].wakes
        on_bar: Callable[[Any, Any], None] | None = getattr(strategy, "on_bar", None)
        context, numbers = self.contexts[place], self._bar_of[place]
        if isinstance(numbers, range) and wakes is None:  # an array is read faster, which pays at every bar
            numbers = np.arange(numbers.start, numbers.stop)
        return numbers if isinstance(numbers, range) else numbers.data, context, context.bar, on_bar, wakes

    def turn(self, first: int, end: int) -> None:
        """Nothing to prepare: arrays that are too large lie where `Streaming.keep` put them."""

    def wake(self, code: int) -> None:
        """Tell fills and ended orders, then call for the bars that closed."""
        if self._client.fill_count != self._seen:
            self._tell_fills()
        if code == WAKE_FILLS:
            return
        if self._tells_more:
            self._tell_more(code)
        for numbers, context, bar, on_bar, wakes in self._waking:
            number = numbers[code]
            if number < 0:
                continue
            bar.index = number
            if on_bar is not None and (wakes is None or wakes[number]):
                on_bar(context, bar)
        if self._together and self._asked[code]:
            closed = {context.symbol: bar for numbers, context, bar, _, _ in self._waking if numbers[code] >= 0}
            self._call_panel(closed)

    def _tell_more(self, decision: int) -> None:
        """Tell orders that ended, and what is due at this instant; every context sees the bar that has just closed."""
        if self._tells_ends:
            self._tell_ends()
        if not self._occasions.any:
            return
        for numbers, _, bar, _, _ in self._waking:
            if numbers[decision] >= 0:
                bar.index = numbers[decision]
        self._occasions.tell(decision, self._client.now_ns)

    def _call_panel(self, closed: dict[str, Any]) -> None:
        on_bars: Any = getattr(self.strategies[0], "on_bars", None)
        if on_bars is not None:
            on_bars(self._panel, closed)

    def end(self) -> None:
        """Tell the last fills and let strategies stop."""
        if self._memory.client.fill_count != self._seen:
            self._tell_fills()
        self._tell_all("on_stop")
        for context in self.contexts:
            context.ind.let_go()

    def _tell_all(self, name: str) -> None:
        if name not in self._names:
            return
        if self._together:
            getattr(self.strategies[0], name)(self._panel)
            return
        for strategy, context in zip(self.strategies, self.contexts, strict=True):
            getattr(strategy, name)(context)

    def _tell_fills(self) -> None:
        first, self._seen = self._seen, self._memory.client.fill_count
        if "on_fill" not in self._names:
            return
        for fill in self._memory.arrays["fills"][first : self._seen]:
            place = int(fill["instrument"])
            context, strategy = self.contexts[place], self.strategies[place]
            strategy.on_fill(self._panel if self._together else context, self._fill_view(fill, context))  # type: ignore[attr-defined]

    def _fill_view(self, fill: Any, context: Context) -> FillView:
        scales, market = context.scales, self.rows.market
        fee_scale = 10.0 ** market.asset_scales[int(fill["fee_asset"])]
        tag = int(fill["tag"])
        return FillView(
            int(fill["order_id"]), int(fill["ts_ns"]), int(fill["side"]) > 0, int(fill["quantity"]) / scales.quantity,
            int(fill["price"]) / scales.price, int(fill["fee"]) / fee_scale, int(fill["liquidity"]) == Liquidity.MAKER,
            self.desk.tags[tag] if tag >= 0 else "", Reason(int(fill["reason"])),
        )  # fmt: skip

    def _tell_ends(self) -> None:
        for context, strategy in zip(self.contexts, self.strategies, strict=True):
            for order in context.take_ended():
                strategy.on_order(self._panel if self._together else context, order)  # type: ignore[attr-defined]
