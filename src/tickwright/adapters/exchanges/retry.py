"""When a read is asked again, and how long to wait before.

Invariants: only reads come here, because asking twice must do no harm; pauses have full jitter (uniform between zero
and a bound that doubles), so many clients do not come back at once; an instant the exchange has named is waited for,
never anticipated; after the deadline no new attempt starts.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tickwright.domain.errors import BadResponse, ExchangeUnavailable, RateLimited
from tickwright.domain.timestamp import SECOND
from tickwright.ports import Clock

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How patient a read is: pauses in seconds, `attempts` for failures, `doubtful` for answers that make no sense."""

    deadline_s: float = 120.0
    attempts: int = 5
    doubtful: int = 3
    first_pause_s: float = 0.5
    longest_pause_s: float = 15.0

    def bound_s(self, failures: int) -> float:
        """The longest pause after so many failures.

        >>> RetryRule().bound_s(1), RetryRule().bound_s(3), RetryRule().bound_s(9)
        (0.5, 2.0, 15.0)
        """
        doubled: float = self.first_pause_s * 2.0 ** (failures - 1)
        return min(self.longest_pause_s, doubled)


async def read_with_retries(
    read: Callable[[], Awaitable[Answer]], rule: RetryRule, clock: Clock, chance: random.Random
) -> Answer:
    """The first answer of `read` that holds; raises the last failure once the rule's patience is used up."""
    started_ns, failures = clock.monotonic_ns(), 0
    while True:
        try:
            return await read()
        except RateLimited as error:
            failures += 1
            named_s = 0.0 if error.retry_at_ns is None else (error.retry_at_ns - clock.now_ns()) / SECOND
            pause_s, again = max(0.0, named_s) + chance.uniform(0, rule.bound_s(failures)), True
            failure: Exception = error
        except (ExchangeUnavailable, BadResponse) as error:
            failures += 1
            limit = rule.doubtful if isinstance(error, BadResponse) else rule.attempts
            pause_s, again = chance.uniform(0, rule.bound_s(failures)), failures < limit
            failure = error
        elapsed_s = (clock.monotonic_ns() - started_ns) / SECOND
        if not again or elapsed_s + pause_s > rule.deadline_s:
            raise failure
        await clock.sleep(pause_s)
