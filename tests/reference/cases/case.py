"""What a worked example is made of.

Bars are (open, high, low, close[, volume]), one an hour; None is an absent bar. Bar 0 only wakes the sender: what is
sent `after=0` meets bar 1. A fill reads `bar 1 RANGE: buy 1 @ 98 maker`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Row = tuple[float, ...] | None


@dataclass(frozen=True)
class Send:
    """A new order under a label, or `amend`/`cancel` of one; `on_fill` sends it when that label fills at OPEN.

    The label `liquidation` is that of the venue's own order.
    """

    verb: str
    label: str
    after: int = 0
    on_fill: str = ""
    terms: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Perpetual:
    """What a perpetual has beside its candles.

    `brackets` are (notional above which, maintenance rate); `marks` are mark candles in the places of the bars, None
    where there is none; `funding` is the rate paid at an hour: at 2 when bar 1 closes and bar 2 opens.
    """

    leverage: str = "10"
    mode: Literal["isolated", "cross"] = "isolated"
    brackets: Sequence[tuple[int, str]] = ((0, "0.005"),)
    liquidation_fee: str = "0"
    keeps_leftover: bool = False
    marks: Sequence[Row] = ()
    funding: Mapping[float, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One sentence of the rule book, worked out.

    `later` are rules that hold from an hour on: tick, lot and minimum notional. Where they are told, `fees` are those
    of the fills, `moved` is the money that moved without a trade (`hour 2: funding -1`), `cash_left` the cash at the
    end and `warned` a warning of the product.
    """

    rule: str
    title: str
    bars: Sequence[Row]
    sent: Sequence[Send]
    fills: Sequence[str]
    ends: Mapping[str, str] = field(default_factory=dict)
    costs: Mapping[str, object] = field(default_factory=dict)
    cash: str = "10000"
    tick: str = "0.01"
    lot: str = "0.001"
    min_notional: str = "0"
    later: Sequence[tuple[float, str, str, str]] = ()
    perpetual: Perpetual | None = None
    drawn: bool = False
    ambiguous: int | None = None
    fees: Sequence[str] = ()
    moved: Sequence[str] = ()
    cash_left: str | None = None
    warned: str = ""

    @property
    def identity(self) -> str:
        """A name for the test run."""
        return f"{self.rule} {self.title}"


def buy(label: str = "buy", after: int = 0, on_fill: str = "", **terms: object) -> Send:
    """A buy order."""
    return Send("buy", label, after, on_fill, terms)


def sell(label: str = "sell", after: int = 0, on_fill: str = "", **terms: object) -> Send:
    """A sell order."""
    return Send("sell", label, after, on_fill, terms)


def cancel(label: str, after: int) -> Send:
    """Cancel the order of a label."""
    return Send("cancel", label, after)


def amend(label: str, after: int, **terms: object) -> Send:
    """Amend the order of a label."""
    return Send("amend", label, after, "", terms)


def enter(quantity: object = 1) -> Send:
    """Buy at the open of bar 1, so that something is held from there on."""
    return buy("entry", 0, quantity=quantity)
