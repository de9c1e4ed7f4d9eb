"""Request weights: whole minutes, refusals, bans that grow and are forgotten."""

from __future__ import annotations

from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.weights import WeightLimiter
from tickwright.domain.timestamp import DAY, MINUTE, SECOND, parse_instant

NOON = parse_instant("2024-06-01T12:00:00Z")


def test_a_new_minute_of_the_exchange_s_clock_starts_at_zero() -> None:
    clock = SteppedClock(NOON + 59 * SECOND)
    limiter = WeightLimiter(100, clock)
    assert limiter.spend("a", 100).until_ns is None
    assert limiter.spend("a", 1).until_ns == NOON + MINUTE
    clock.advance(SECOND)
    assert limiter.spend("a", 100).until_ns is None


def test_addresses_do_not_share_a_budget() -> None:
    limiter = WeightLimiter(10, SteppedClock(NOON))
    assert limiter.spend("a", 10).until_ns is None
    assert limiter.spend("b", 10).until_ns is None
    assert limiter.spend("a", 1).until_ns is not None


def test_bans_double_up_to_three_days() -> None:
    clock = SteppedClock(NOON)
    limiter = WeightLimiter(1, clock, patience=0)
    spans = []
    for _ in range(13):
        verdict = limiter.spend("a", 2)
        assert verdict.banned
        assert verdict.until_ns is not None
        spans.append((verdict.until_ns - clock.now_ns()) // MINUTE)
        clock.advance(verdict.until_ns - clock.now_ns())
    assert spans[:4] == [2, 4, 8, 16]
    assert spans[-1] == 3 * DAY // MINUTE


def test_asking_during_a_ban_does_not_lengthen_it() -> None:
    clock = SteppedClock(NOON)
    limiter = WeightLimiter(1, clock, patience=0)
    first = limiter.spend("a", 2)
    clock.advance(MINUTE)
    assert limiter.spend("a", 2).until_ns == first.until_ns


def test_a_day_of_peace_makes_the_next_ban_short_again() -> None:
    clock = SteppedClock(NOON)
    limiter = WeightLimiter(1, clock, patience=0)
    for _ in range(3):
        verdict = limiter.spend("a", 2)
        assert verdict.until_ns is not None
        clock.advance(verdict.until_ns - clock.now_ns())
    clock.advance(DAY + MINUTE)
    again = limiter.spend("a", 2)
    assert again.until_ns == clock.now_ns() + 2 * MINUTE


def test_retry_after_is_whole_seconds_rounded_up() -> None:
    clock = SteppedClock(NOON + 1)
    limiter = WeightLimiter(1, clock)
    verdict = limiter.spend("a", 2)
    assert verdict.retry_after_s(clock.now_ns()) == 60
