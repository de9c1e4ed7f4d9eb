"""One large order while it is worked: what was sent, what filled, what is left.

Invariants: executed + working + unsent is the quantity until it is stopped; a child is never allowed more than is
unsent, so however children fill, end or are told twice, they cannot fill more than the parent. Sums are exact decimals.
Children are known by their own order ids, and what is told about one is its *whole* fill so far, as venues report it:
hearing it twice changes nothing, and an older figure after a newer one is ignored.
Known limit: a venue that fills a child it had reported as ended is believed; the parent may then end above its quantity
if the rest had been sent again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from tickwright.domain.errors import UsageError

_NOTHING = Decimal(0)


@dataclass(slots=True)
class _Child:
    quantity: Decimal
    filled: Decimal = _NOTHING
    ended: bool = False

    @property
    def working(self) -> Decimal:
        return _NOTHING if self.ended else self.quantity - self.filled


class ParentOrder:
    """The account of one large order and its children; quantities in base units.

    >>> parent = ParentOrder(10.0, lot=0.5)
    >>> parent.sent(1, parent.allowed(4.2))
    >>> parent.told(1, filled=1.5, ended=True)
    >>> parent.executed, parent.working, parent.unsent
    (1.5, 0.0, 8.5)
    """

    __slots__ = ("_children", "_executed", "_lot", "_quantity", "_stopped", "_working")

    def __init__(self, quantity: float, *, lot: float) -> None:
        if not 0 < lot < math.inf or not lot <= quantity < math.inf:
            raise UsageError(
                f"a parent order of {quantity} in lots of {lot}", where="ParentOrder", expected="at least one lot"
            )
        self._lot = _decimal(lot)
        self._quantity = _decimal(quantity)
        self._children: dict[int | str, _Child] = {}
        self._executed = self._working = _NOTHING
        self._stopped = False

    @property
    def quantity(self) -> float:
        """What is to be traded."""
        return float(self._quantity)

    @property
    def executed(self) -> float:
        """What its children have filled."""
        return float(self._executed)

    @property
    def working(self) -> float:
        """What its children still may fill."""
        return float(self._working)

    @property
    def remaining(self) -> float:
        """The quantity less what is executed, whether it works or not."""
        return float(self._quantity - self._executed)

    @property
    def unsent(self) -> float:
        """What no child works on; nothing once it is stopped."""
        return float(self._unsent())

    @property
    def is_done(self) -> bool:
        """Whether nothing works and less than a lot, or once it is stopped anything, is left."""
        return not self._working and self._unsent() < self._lot

    def allowed(self, wanted: float, *, display: float | None = None) -> float:
        """How much of what is wanted may be sent now, in whole lots rounded down; 0 where nothing may.

        `display` keeps what works, and so shows in the book, at or below it: an iceberg refills when its child has
        filled, behind whoever joined its price meanwhile.
        """
        most = min(_decimal(wanted), self._unsent())
        if display is not None:
            most = min(most, _decimal(display) - self._working)
        return float(max(_NOTHING, most) // self._lot * self._lot)

    def sent(self, child: int | str, quantity: float) -> None:
        """Count a child that was sent; raises `UsageError` where it is known already or was not allowed."""
        size = _decimal(quantity)
        if child in self._children or not 0 < size <= self._unsent():
            raise UsageError(
                f"child {child} of {quantity:g} was sent and {self.unsent:g} is unsent",
                where="ParentOrder.sent",
                expected="a new child of what allowed() gives",
            )
        self._children[child] = _Child(size)
        self._working += size

    def told(self, child: int | str, filled: float, *, ended: bool = False) -> None:
        """Take over a report about a child: all that it has filled so far, and whether it has ended.

        A child that was refused has ended with 0. Raises `UsageError` for a child that was never sent.
        """
        if child not in self._children:
            raise UsageError(f"child {child} was never sent", where="ParentOrder.told", expected="a child of sent()")
        record = self._children[child]
        worked, before = record.working, record.filled
        record.filled = max(before, _decimal(filled))
        record.ended |= ended or record.filled >= record.quantity
        self._executed += record.filled - before
        self._working += record.working - worked

    def stop(self) -> None:
        """Send no more: what works may still fill until its end is told."""
        self._stopped = True

    def _unsent(self) -> Decimal:
        return _NOTHING if self._stopped else max(_NOTHING, self._quantity - self._executed - self._working)


def _decimal(quantity: float) -> Decimal:
    """The decimal that a float was written as: 0.1 is a tenth, so that tenths add up."""
    return Decimal(str(quantity))
