"""What a callback strategy is told of beside bars, fills and orders: funding, members of its universe, timers.

Invariants: an occasion is told at the first close at or after its time, before the bars of that close, in this order:
funding, universe, timers; a run whose data can never bring an occasion refuses a strategy that waits for it.
Known limit: trades and books are not part of a run over candles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.domain.records import AccountEventKind
from tickwright.engine.memory import Memory
from tickwright.engine.rows import MarketRows
from tickwright.strategy_api.account_views import FundingView
from tickwright.strategy_api.context import Context, MarketContext
from tickwright.strategy_api.strategy import Strategy, callbacks_of
from tickwright.strategy_api.universe import UniverseChange
from tickwright.strategy_api.views import StrategyMarket

_NEVER_IN_CANDLES = {"on_trade": "trades", "on_book": "order books"}
_PPB = 1e9


def refuse_what_never_comes(strategy_class: type[Strategy], market: Market) -> None:
    """Raise `UsageError` for a callback that this market's data can never call."""
    names = callbacks_of(strategy_class)
    for name, what in _NEVER_IN_CANDLES.items():
        if name in names:
            raise UsageError(
                f"{strategy_class.__name__} has {name}, and this run holds candles: no {what}",
                where=strategy_class.__name__,
                expected="callbacks that candles can call, such as on_bar",
                hint=f"Without {name} it would run; with it, it would wait for ever.",
            )
    if "on_funding" in names and all(funding is None for funding in market.funding):
        raise UsageError(
            f"{strategy_class.__name__} has on_funding, and none of its symbols has funding here",
            where=strategy_class.__name__,
            expected="a perpetual with stored funding, such as BTC/USDT:USDT",
        )


class Occasions:
    """Funding, universe and timers of one run, told to its strategies."""

    def __init__(self, strategy_class: type[Strategy], rows: MarketRows, strategies: list[Strategy]) -> None:
        names = callbacks_of(strategy_class)
        self._rows, self._strategies = rows, strategies
        self._funding = _payments(rows) if "on_funding" in names else []
        self._has_timers, self._paid = "on_timer" in names, 0
        self._members = _members(rows, strategy_class) if "on_universe" in names else None
        self.any = bool(self._has_timers or self._funding or self._members is not None)

    def begin(self, memory: Memory, contexts: list[Context], panel: MarketContext | None) -> None:
        """Bind to a run's memory; `panel` is the context of an instance that serves all symbols."""
        self._memory, self._contexts, self._panel = memory, contexts, panel

    def decisions(self) -> npt.NDArray[np.uint8]:
        """1 where a decision has an occasion that is known beforehand."""
        marks = np.zeros(self._rows.decisions + 1, np.uint8)
        marks[np.searchsorted(self._rows.decision_ns, np.array([ts_ns for ts_ns, _, _ in self._funding], np.int64))] = 1
        if self._members is not None:
            marks[0] = 1
            marks[np.flatnonzero((self._members[1:] != self._members[:-1]).any(axis=1)) + 1] = 1
        return marks[:-1]

    def tell(self, decision: int, now_ns: int) -> None:
        """Tell what happened by this decision."""
        if self._paid < len(self._funding):
            self._tell_funding(now_ns)
        if self._members is not None:
            self._tell_universe(decision)
        if self._has_timers:
            self._tell_timers(now_ns)

    def _tell_funding(self, now_ns: int) -> None:
        while self._paid < len(self._funding) and self._funding[self._paid][0] <= now_ns:
            ts_ns, place, rate_ppb = self._funding[self._paid]
            self._paid += 1
            context = self._contexts[place]
            view = FundingView(context.symbol, ts_ns, rate_ppb / _PPB, self._amount(ts_ns, place))
            self._strategies[place].on_funding(self._panel or context, view)  # type: ignore[attr-defined]

    def _amount(self, ts_ns: int, place: int) -> float:
        """What a payment moved, in quote units; 0 where nothing was held."""
        events = self._memory.arrays["account_events"][: self._memory.client.account_event_count]
        ours = (events["ts_ns"] == ts_ns) & (events["instrument"] == place)
        paid = events["amount"][ours & (events["kind"] == int(AccountEventKind.FUNDING))]
        return float(paid.sum() / 10.0 ** self._rows.market.asset_scales[0])

    def _tell_universe(self, decision: int) -> None:
        assert self._members is not None
        assert self._panel is not None
        now = self._members[decision]
        before = self._members[decision - 1] if decision else np.zeros_like(now)
        if decision and not (now != before).any():
            return
        symbols = np.array(self._panel.symbols)
        change = UniverseChange(*(tuple(symbols[which].tolist()) for which in (now & ~before, before & ~now, now)))
        self._panel.members = change.members
        self._strategies[0].on_universe(self._panel, change)  # type: ignore[attr-defined]

    def _tell_timers(self, now_ns: int) -> None:
        if self._panel is not None:
            for timer in self._panel.timers.take_due(now_ns):
                self._strategies[0].on_timer(self._panel, timer)  # type: ignore[attr-defined]
            return
        for strategy, context in zip(self._strategies, self._contexts, strict=True):
            on_timer: Callable[[Any, Any], None] = strategy.on_timer  # type: ignore[attr-defined]
            for timer in context.timers.take_due(now_ns):
                on_timer(context, timer)


def _payments(rows: MarketRows) -> list[tuple[int, int, int]]:
    """When funding is paid while the run trades: (time, instrument, rate in ppb), in order."""
    first, last = int(rows.open_ns[rows.first_row]), int(rows.decision_ns[-1])
    return sorted(
        (ts_ns, place, rate)
        for place, funding in enumerate(rows.market.funding)
        if funding is not None
        for ts_ns, rate in zip(funding.ts_ns.tolist(), funding.rate_ppb.tolist(), strict=True)
        if first <= ts_ns <= last
    )


def _members(rows: MarketRows, strategy_class: type[Strategy]) -> npt.NDArray[np.bool_]:
    """Who is a member at each decision."""
    assert strategy_class.universe is not None
    market = StrategyMarket.of(rows.market)
    places = np.searchsorted(market.close_time_ns, rows.decision_ns)
    return strategy_class.universe.members(market)[places]
