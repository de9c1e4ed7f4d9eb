"""§7: from targets to orders, with the exits of §8.

A target is a standing instruction; it acts when it changes, or period by period.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from tests.reference.exits import ExitBook, ExitTerms
from tests.reference.market import Market
from tests.reference.rounding import notional, whole_lots
from tests.reference.words import BUY, DAY_NS, SELL, Decision, Fill, Name, Order

MONDAY_NS = 4 * DAY_NS  # the first Monday 00:00 UTC after the epoch


@dataclass(frozen=True)
class Every:
    """Act at the first instant of each period, where a value strays from its target by more than the band (§7.2)."""

    period_ns: int
    band: float = 0.0

    def period_of(self, ts_ns: int) -> int:
        """Which period an instant lies in; periods start Monday 00:00 UTC."""
        return (ts_ns - MONDAY_NS) // self.period_ns


@dataclass
class Standing:
    """What is known of one symbol's target."""

    acted: float = 0.0
    value: float = math.nan
    period: int | None = None
    orders: list[Order] = field(default_factory=list)
    shrunk_by: Decision | None = None
    decided_ns: int = -1
    exited_ns: int = 0


@dataclass
class TargetTrader:
    """Trades precomputed targets: `targets[name][ts_ns]` is what is wanted from the close at that time on.

    `shares` is by how many an equity is divided for one symbol's allocation: the number of symbols for targets, 1 for
    weights.
    """

    targets: Mapping[Name, Mapping[int, float]]
    shares: int = 1
    every: Every | None = None
    retry: bool = False
    exits: Mapping[Name, Mapping[int, ExitTerms]] | None = None
    reenter: str = "flat"
    book: ExitBook = field(default_factory=ExitBook)
    standing: dict[Name, Standing] = field(default_factory=dict)

    def on_wake(self, market: Market, ts_ns: int, fills: list[Fill], closed: list[Name]) -> None:
        """Size all targets of one instant together (§7.3)."""
        self._listen(market)
        if not closed:
            return
        self.book.on_closes(market, ts_ns, closed)
        acting: dict[Name, float] = {}
        for name, values in self.targets.items():
            standing = self.standing.setdefault(name, Standing())
            if not math.isnan(value := values.get(ts_ns, math.nan)):
                standing.value, standing.decided_ns = value, ts_ns
            self._settle_blocks(name)
            if name in closed and self._acts(market, ts_ns, name, value):
                acting[name] = standing.value
        if acting:
            self._decide(market, ts_ns, dict(sorted(acting.items())))

    def _listen(self, market: Market) -> None:
        if self.exits is not None and not market.filled_listeners:
            market.filled_listeners.append(self._on_fill)

    def _on_fill(self, market: Market, order: Order, fill: Fill) -> None:
        """Let exits live; what a target said at the exit's own instant counts (§8.4)."""
        before = len(self.book.exited)
        self.book.on_fill(market, order, fill)
        if len(self.book.exited) > before:
            standing = self.standing[fill.name]
            standing.exited_ns = fill.ts_ns
            if self.reenter == "next_bar":
                standing.acted = 0.0
                self.book.blocked.pop(fill.name, None)
            self._settle_blocks(fill.name)

    def _settle_blocks(self, name: Name) -> None:
        """§8.4: a target of 0 or of the other sign, decided since the exit, lets a symbol in again."""
        standing, side = self.standing[name], self.book.blocked.get(name)
        if side and standing.decided_ns >= standing.exited_ns and standing.value * side <= 0:
            del self.book.blocked[name]

    def _acts(self, market: Market, ts_ns: int, name: Name, value: float) -> bool:
        """Whether a symbol acts at its bar's close (§7.1, §7.2)."""
        standing = self.standing[name]
        if self.every is not None:
            period = self.every.period_of(ts_ns)
            first, standing.period = standing.period != period, period
            return first and not math.isnan(value) and self._strays(market, name, value)
        if math.isnan(standing.value):
            return False
        return standing.value != standing.acted or (self.retry and _unfinished(standing))

    def _strays(self, market: Market, name: Name, value: float) -> bool:
        assert self.every is not None
        share = Fraction(market.equity_now(), self.shares)
        held = market.account.value_held(name, market.last[name], market.specs[name].rules_at(market.now_ns).lot)
        return share > 0 and abs(float(held / share) - value) > self.every.band

    def _decide(self, market: Market, ts_ns: int, acting: dict[Name, float]) -> None:
        """Cancel the own unfinished rests, then all reductions, then all increases, from one equity (§7.3, §7.5)."""
        equity, decision = market.equity_now(), Decision(ts_ns)
        for name, value in acting.items():
            standing = self.standing[name]
            standing.acted = value
            for order in standing.orders:
                order.leaving = True
                market.cancel(order)
            standing.orders, standing.shrunk_by = [], decision
        plans = {name: self._plan(market, name, value, equity) for name, value in acting.items()}
        for name, (side, reduction, _) in plans.items():
            if reduction:
                order = market.send(name, -side, quantity=reduction, reduce_only=True)
                self.standing[name].orders.append(order)
        for name, (_, _, increase) in plans.items():
            side = BUY if increase > 0 else SELL
            if increase and self.book.blocked.get(name) != side:
                order = market.send(name, side, cost=abs(increase), decision=decision)
                self.standing[name].orders.append(order)
                if self.exits is not None:
                    self.book.entries[order.number] = self.exits[name].get(ts_ns, ExitTerms())

    def _plan(self, market: Market, name: Name, value: float, equity: int) -> tuple[int, int, int]:
        """(side held, quantity to reduce, signed cost to add) that turn what is held into the target."""
        spec, price = market.specs[name], market.last[name]
        lot = spec.rules_at(market.now_ns).lot
        wanted = floor(Fraction(max(0, equity) * round(abs(value) * 1e9), 10**9 * self.shares))
        wanted = wanted if value >= 0 else -wanted
        quantity = market.account.positions[name].quantity
        side = BUY if quantity > 0 else SELL
        lots = whole_lots(abs(quantity), lot)
        held = notional(spec, price, lots) * side
        if not lots or wanted * side >= held * side:
            return side, 0, floor(abs(wanted - held)) * (1 if wanted >= held else -1)
        if wanted * side < 0:
            return side, lots, wanted
        if value == 0:
            return side, lots, 0
        per_lot = notional(spec, price, lot)
        return side, whole_lots((abs(held) - abs(wanted)) / per_lot * lot, lot), 0


def _unfinished(standing: Standing) -> bool:
    """Whether the last decision has a refused, shrunk or unfilled order (§7.1)."""
    shrunk = standing.shrunk_by is not None and standing.shrunk_by.factor < 1
    return any(order.state != "FILLED" for order in standing.orders) or (
        shrunk and any(order.cost for order in standing.orders)
    )
