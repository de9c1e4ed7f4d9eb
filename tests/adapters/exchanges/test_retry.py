"""When a read is asked again: jitter, deadlines, and the instants an exchange names."""

from __future__ import annotations

import random

import pytest

from tests.adapters.exchanges.surroundings import NOON, JumpingClock
from tickwright.adapters.exchanges.retry import RetryRule, read_with_retries
from tickwright.domain.errors import BadResponse, ExchangeUnavailable, RateLimited, RequestRefused
from tickwright.domain.timestamp import SECOND


class Read:
    """A read that fails so often, with one error, and then answers."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures, self.error, self.calls = failures, error, 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "answer"


async def test_the_first_answer_that_holds_is_returned() -> None:
    read = Read(3, ExchangeUnavailable("reset"))
    assert await read_with_retries(read, RetryRule(), JumpingClock(NOON), random.Random(0)) == "answer"
    assert read.calls == 4


@pytest.mark.parametrize(("error", "calls"), [(ExchangeUnavailable("down"), 5), (BadResponse("html"), 3)])
async def test_patience_ends_with_the_last_failure(error: Exception, calls: int) -> None:
    read = Read(99, error)
    with pytest.raises(type(error)):
        await read_with_retries(read, RetryRule(), JumpingClock(NOON), random.Random(0))
    assert read.calls == calls


async def test_a_refusal_is_not_repeated() -> None:
    read = Read(1, RequestRefused("no"))
    with pytest.raises(RequestRefused):
        await read_with_retries(read, RetryRule(), JumpingClock(NOON), random.Random(0))
    assert read.calls == 1


async def test_pauses_are_uniform_between_zero_and_a_doubling_bound() -> None:
    """Full jitter: over many reads the first pauses fill [0, 0.5], the fourth [0, 4], with their middles as means."""
    first, fourth = [], []
    for seed in range(400):
        clock = JumpingClock(NOON)
        await read_with_retries(Read(4, ExchangeUnavailable("x")), RetryRule(), clock, random.Random(seed))
        first.append(clock.sleeps[0])
        fourth.append(clock.sleeps[3])
    assert 0 <= min(first) < 0.05
    assert 0.45 < max(first) <= 0.5
    assert sum(first) / 400 == pytest.approx(0.25, rel=0.1)
    assert sum(fourth) / 400 == pytest.approx(2.0, rel=0.1)


async def test_a_named_instant_is_waited_for_and_never_anticipated() -> None:
    clock = JumpingClock(NOON)
    read = Read(1, RateLimited("429", retry_at_ns=NOON + 30 * SECOND))
    await read_with_retries(read, RetryRule(), clock, random.Random(0))
    assert NOON + 30 * SECOND <= clock.now_ns() <= NOON + 31 * SECOND


async def test_nobody_waits_beyond_the_deadline() -> None:
    clock = JumpingClock(NOON)
    read = Read(1, RateLimited("418", retry_at_ns=NOON + 300 * SECOND))
    with pytest.raises(RateLimited):
        await read_with_retries(read, RetryRule(deadline_s=60), clock, random.Random(0))
    assert clock.sleeps == []


async def test_rate_limits_are_waited_out_as_often_as_the_deadline_allows() -> None:
    clock = JumpingClock(NOON)
    read = Read(20, RateLimited("429", retry_at_ns=NOON + 2 * SECOND))
    rule = RetryRule(deadline_s=1000)
    assert await read_with_retries(read, rule, clock, random.Random(0)) == "answer"
