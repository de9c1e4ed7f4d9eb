"""Request weights as exchanges count them: a budget per address and minute, a refusal beyond it, a ban for who goes on.

Invariants: windows are whole minutes of the exchange's clock; a refused request still counts; bans double from two
minutes to three days and are forgotten after a day of peace.

Known limit: exchanges do not publish after how many refused requests they ban; `patience` is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from tickwright.adapters.sandbox.clock import ExchangeClock
from tickwright.domain.timestamp import DAY, MINUTE, SECOND

FIRST_BAN_NS = 2 * MINUTE
LONGEST_BAN_NS = 3 * DAY


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a request: served (`until_ns` is None), or refused until an instant, `banned` or only limited."""

    used: int
    until_ns: int | None = None
    banned: bool = False

    def retry_after_s(self, now_ns: int) -> int:
        """Whole seconds to wait, at least one."""
        assert self.until_ns is not None
        return max(1, -(-(self.until_ns - now_ns) // SECOND))


@dataclass(slots=True)
class _Address:
    window: int = -1
    used: int = 0
    refused: int = 0
    banned_until_ns: int = 0
    ban_ns: int = 0


class WeightLimiter:
    """Counts weight per address."""

    def __init__(self, limit: int, clock: ExchangeClock, *, patience: int = 10) -> None:
        self.limit, self.patience = limit, patience
        self._clock = clock
        self._addresses: dict[str, _Address] = {}

    def spend(self, address: str, weight: int) -> Verdict:
        """Count a request and say what becomes of it."""
        now_ns = self._clock.now_ns()
        account = self._addresses.setdefault(address, _Address())
        if now_ns < account.banned_until_ns:
            return Verdict(account.used, account.banned_until_ns, banned=True)
        window = now_ns // MINUTE
        if window != account.window:
            account.window, account.used, account.refused = window, 0, 0
        account.used += weight
        if account.used <= self.limit:
            return Verdict(account.used)
        account.refused += 1
        if account.refused > self.patience:
            return self._ban(account, now_ns)
        return Verdict(account.used, (window + 1) * MINUTE)

    def _ban(self, account: _Address, now_ns: int) -> Verdict:
        peaceful = now_ns - account.banned_until_ns > DAY
        account.ban_ns = FIRST_BAN_NS if peaceful or not account.ban_ns else min(2 * account.ban_ns, LONGEST_BAN_NS)
        account.banned_until_ns = now_ns + account.ban_ns
        return Verdict(account.used, account.banned_until_ns, banned=True)
