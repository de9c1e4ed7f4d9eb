"""Every movement of a run's money as double entries, and the proof that they add up to the account.

Invariants: an entry is one event (the capital, a fill, a funding payment, a liquidation charge, …); in every entry and
asset debits equal credits, to the unit; a debit of a wallet is what arrives. The wallets hold what the run says it
holds; cash with positions at the last price is its equity. Nothing is rounded here that the market did not round: the
notional of a fill rounds up when we pay and down when we receive, and is posted to both sides.
A spot trade exchanges two assets; a perpetual moves cash by what closing realises over its basis, and its open part is
worth price less basis. Position, basis and equity are worked out anew from the fills alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickwright.domain.records import AccountEventKind
from tickwright.domain.run import RunResult

Postings = npt.NDArray[np.void]


class Account(IntEnum):
    """Whose money it is: ours in the wallet, everybody else's in the others."""

    WALLET = 0
    CAPITAL = 1  # what the run began with
    MARKET = 2  # whoever traded with us
    FEES = 3
    FUNDING = 4
    LIQUIDATION = 5  # what a venue kept beyond the fee
    INSURANCE = 6  # what it paid for us
    TRANSFERS = 7


class Event(IntEnum):
    """What an entry tells."""

    CAPITAL = 0
    FILL = 1
    FUNDING = 2
    LIQUIDATION_FEE = 3
    INSURANCE = 4
    TRANSFER = 5


POSTING: Final = np.dtype(
    [
        ("entry", "i8"),  # postings of one entry have one number, from 0 in the order of the events
        ("ts_ns", "i8"),
        ("order_id", "i8"),  # -1 where no order led to it
        ("amount", "i8"),  # units of the asset; positive is a debit, negative a credit
        ("instrument", "i4"),  # -1 for the account itself
        ("asset", "i4"),
        ("event", "i1"),
        ("account", "i1"),
        ("at_open", "i1"),  # 1 for a fill at an OPEN, which follows a close of the same time
    ],
    align=True,
)

_EVENTS: Final = {
    AccountEventKind.TRANSFER: (Event.TRANSFER, Account.TRANSFERS),
    AccountEventKind.FUNDING: (Event.FUNDING, Account.FUNDING),
    AccountEventKind.LIQUIDATION_FEE: (Event.LIQUIDATION_FEE, Account.LIQUIDATION),
    AccountEventKind.INSURANCE: (Event.INSURANCE, Account.INSURANCE),
}


@dataclass(slots=True)
class Holding:
    """What is held of an instrument: quantity units, and for a perpetual what it cost in money units."""

    divisor: int
    is_perpetual: bool
    quantity: int = 0
    basis: int = 0

    def trade(self, side: int, quantity: int, price: int) -> int:
        """Book a fill of a perpetual; the profit that its closing part realises."""
        closing = min(quantity, abs(self.quantity)) if self.quantity * side < 0 else 0
        realised = 0
        if closing:
            removed = -(-self.basis * closing // abs(self.quantity))  # rounded up: the profit is lower
            realised = -side * notional(price, closing, self.divisor, side) - removed
            self.basis -= removed
        closed = notional(price, closing, self.divisor, side) if closing else 0
        if closing < quantity:
            self.basis += side * (notional(price, quantity, self.divisor, side) - closed)
        self.quantity += side * quantity
        return realised

    def worth(self, price: int) -> int:
        """What it adds to equity at a price, rounded down: its value, of a perpetual what it gained over its basis."""
        return self.quantity * price // self.divisor - self.basis


def notional(price: int, quantity: int, divisor: int, side: int) -> int:
    """Money for a quantity: rounded up when we pay, down when we receive."""
    return -(-price * quantity // divisor) if side > 0 else price * quantity // divisor


@dataclass(frozen=True)
class Ledger:
    """The postings of a run (layout `POSTING`) and what they leave; amounts are units of each asset."""

    result: RunResult
    postings: Postings
    holdings: tuple[Holding, ...]

    @property
    def entries(self) -> int:
        """How many events there were; one that moved nothing has no postings."""
        return 1 + len(self.result.fills) + len(self.result.account_events)

    @cached_property
    def balances(self) -> dict[tuple[Account, str], tuple[int, int]]:
        """Debits and credits of each account and asset that was ever moved; the balance is their difference."""
        found = {}
        for asset, name in enumerate(self.result.assets):
            for account in Account:
                amounts = self._amounts(account, asset)["amount"]
                if len(amounts):
                    found[account, name] = int(amounts[amounts > 0].sum()), -int(amounts[amounts < 0].sum())
        return found

    def balance(self, account: Account, asset: str) -> int:
        """What an account holds of an asset in the end; negative where it owes it."""
        debits, credits = self.balances.get((account, asset), (0, 0))
        return debits - credits

    @property
    def equity(self) -> int:
        """Cash with positions at the last prices, in units of the cash asset."""
        result = self.result
        worth = sum(one.worth(int(price)) for one, price in zip(self.holdings, result.last_price, strict=True))
        return self.balance(Account.WALLET, result.assets[result.cash_asset]) + worth

    def problems(self) -> list[str]:
        """What does not add up, in words; empty for every run of this market."""
        return [*self._unbalanced(), *self._differing_cash(), *self._differing_ends()]

    def _amounts(self, account: Account, asset: int) -> Postings:
        rows = self.postings
        chosen: Postings = rows[(rows["account"] == account) & (rows["asset"] == asset)]
        return chosen

    def _unbalanced(self) -> Iterator[str]:
        for asset, name in enumerate(self.result.assets):
            rows = self.postings[self.postings["asset"] == asset]
            sums = np.zeros(self.entries, np.int64)
            np.add.at(sums, rows["entry"], rows["amount"])
            for entry in np.flatnonzero(sums)[:1]:
                yield f"entry {entry}: debits of {name} exceed credits by {sums[entry]} units"

    def _differing_cash(self) -> Iterator[str]:
        """Cash at every instant of the curve: what moved by its close, but not at the OPEN of the same time."""
        result = self.result
        rows = self._amounts(Account.WALLET, result.cash_asset)
        balance = np.cumsum(rows["amount"])
        seen = rows["ts_ns"] + rows["at_open"]
        cash = balance[np.searchsorted(seen, result.equity_ts_ns, side="right") - 1]
        for place in np.flatnonzero(cash != result.cash)[:1]:
            yield (
                f"at {int(result.equity_ts_ns[place])} the wallet holds {int(cash[place])} units of cash, "
                f"the account {int(result.cash[place])}"
            )

    def _differing_ends(self) -> Iterator[str]:
        result = self.result
        for identity, one, held in zip(result.instruments, self.holdings, result.position, strict=True):
            if one.quantity != int(held):
                yield f"{identity}: the ledger holds {one.quantity} units, the account {int(held)}"
        for asset, name in enumerate(result.assets):
            spot = [
                one.quantity
                for one, identity in zip(self.holdings, result.instruments, strict=True)
                if identity.base == name and not one.is_perpetual
            ]
            if asset != result.cash_asset and self.balance(Account.WALLET, name) != sum(spot):
                yield f"the wallet holds {self.balance(Account.WALLET, name)} units of {name}, positions {sum(spot)}"
        if self.equity != result.final_equity:
            yield f"cash and positions are {self.equity} units, equity is {result.final_equity}"


def ledger(result: RunResult) -> Ledger:
    """The ledger of a run, from its capital, fills and account events."""
    cash_scale = result.asset_scales[result.cash_asset]
    holdings = tuple(
        Holding(10 ** (price_scale + quantity_scale - cash_scale), bool(identity.settle))
        for identity, price_scale, quantity_scale in zip(
            result.instruments, result.price_scales, result.quantity_scales, strict=True
        )
    )
    book = _Book(result, holdings)
    book.begin()
    for fill, event in _in_order(result):
        if event is not None:
            book.move(event, at_open=_charged_at_open(event, fill))
        else:
            book.fill(fill)
    return Ledger(result, np.array(book.rows, POSTING), holdings)


@dataclass(slots=True)
class _Book:
    """Postings as they are written."""

    result: RunResult
    holdings: tuple[Holding, ...]
    rows: list[tuple[int, ...]] = field(default_factory=list)
    entry: int = -1

    def begin(self) -> None:
        """The capital."""
        first = int(self.result.equity_ts_ns[0]) if len(self.result.equity_ts_ns) else 0
        first = min(
            [first, *self.result.fills["ts_ns"][:1].tolist(), *self.result.account_events["ts_ns"][:1].tolist()]
        )
        cash, capital = self.result.cash_asset, self.result.initial_cash
        self._write(
            first, Event.CAPITAL, -1, -1, 0, [(Account.WALLET, cash, capital), (Account.CAPITAL, cash, -capital)]
        )

    def fill(self, fill: Any) -> None:
        """A trade and its fee."""
        place, side, quantity, price, fee, fee_asset = (
            int(fill[name]) for name in ("instrument", "side", "quantity", "price", "fee", "fee_asset")
        )
        holding, cash = self.holdings[place], self.result.cash_asset
        if holding.is_perpetual:
            realised = holding.trade(side, quantity, price)
            moves = [(Account.WALLET, cash, realised), (Account.MARKET, cash, -realised)]
        else:
            base = self.result.assets.index(self.result.instruments[place].base)
            paid = side * notional(price, quantity, holding.divisor, side)
            moves = [(Account.WALLET, cash, -paid), (Account.MARKET, cash, paid)]
            moves += [(Account.WALLET, base, side * quantity), (Account.MARKET, base, -side * quantity)]
            holding.quantity += side * quantity - (fee if fee_asset != cash else 0)
        moves += [(Account.WALLET, fee_asset, -fee), (Account.FEES, fee_asset, fee)]
        self._write(int(fill["ts_ns"]), Event.FILL, place, int(fill["order_id"]), int(fill["at_open"]), moves)

    def move(self, event: Any, *, at_open: int) -> None:
        """Money that moved without a trade."""
        kind, account = _EVENTS[AccountEventKind(int(event["kind"]))]
        asset, amount = int(event["asset"]), int(event["amount"])
        moves = [(Account.WALLET, asset, amount), (account, asset, -amount)]
        self._write(int(event["ts_ns"]), kind, int(event["instrument"]), -1, at_open, moves)

    def _write(
        self, ts_ns: int, event: Event, instrument: int, order_id: int, at_open: int,
        moves: list[tuple[Account, int, int]],
    ) -> None:  # fmt: skip
        self.entry += 1
        self.rows += [
            (self.entry, ts_ns, order_id, amount, instrument, asset, event, account, at_open)
            for account, asset, amount in moves
            if amount
        ]


def _in_order(result: RunResult) -> Iterator[tuple[Any, Any]]:
    """Fills and account events as they happened: (fill, None), or (the fill that comes next or None, event).

    Each instrument counts both in one sequence. Between instruments funding falls due after what a close fills and
    before what an open of the same time fills; a charge stands with the fill it belongs to.
    """
    fills, events = result.fills, result.account_events
    place = 0
    for fill in fills:
        while place < len(events) and _comes_before(events[place], fill):
            yield fill, events[place]
            place += 1
        yield fill, None
    for event in events[place:]:
        yield None, event


def _charged_at_open(event: Any, fill: Any) -> int:
    """1 for what a liquidation at an OPEN charges: it follows a close of the same time, as its fill does."""
    if fill is None or event["kind"] == AccountEventKind.FUNDING or event["instrument"] != fill["instrument"]:
        return 0
    return int(fill["at_open"]) if event["ts_ns"] == fill["ts_ns"] else 0


def _comes_before(event: Any, fill: Any) -> bool:
    if event["ts_ns"] != fill["ts_ns"]:
        return bool(event["ts_ns"] < fill["ts_ns"])
    if event["instrument"] == fill["instrument"]:
        return bool(event["sequence"] < fill["sequence"])
    return bool(event["kind"] == AccountEventKind.FUNDING and fill["at_open"] == 1)
