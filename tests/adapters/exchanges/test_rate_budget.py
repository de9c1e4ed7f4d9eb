"""One budget for all processes: never overspent, bans kept, clocks distrusted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.exchanges.surroundings import NOON, JumpingClock
from tickwright.adapters.exchanges.rate_budget import (
    BudgetState,
    SharedRateBudget,
    open_rate_budget,
    user_state_directory,
)
from tickwright.domain.errors import ExchangeUnavailable, SettingsError
from tickwright.domain.timestamp import DAY, HOUR, MINUTE, SECOND

LIMITS = {"binance": 100}


def budget_at(folder: Path, clock: JumpingClock) -> SharedRateBudget:
    """A budget of 100 a minute, of which 80 may be spent."""
    return SharedRateBudget(folder / "budget.sqlite", clock, limits=LIMITS)


async def test_four_fifths_of_the_limit_are_spent_without_waiting_and_then_a_minute_passes(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget = budget_at(tmp_path, clock)
    for _ in range(8):
        await budget.acquire("binance", 10)
    assert clock.sleeps == []
    await budget.acquire("binance", 10)
    assert clock.sleeps == [60.0]


async def test_no_sixty_seconds_hold_more_than_the_budget(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget = budget_at(tmp_path, clock)
    spent: list[tuple[int, int]] = []
    for weight in (30, 30, 5, 40, 7, 80, 1, 60, 20, 3, 50) * 2:
        clock.advance(7 * SECOND)
        await budget.acquire("binance", weight)
        spent.append((clock.now_ns(), weight))
    for until, _ in spent:
        assert sum(weight for at, weight in spent if until - MINUTE < at <= until) <= 80


async def test_two_budgets_on_one_file_are_one_budget(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    one, other = budget_at(tmp_path, clock), budget_at(tmp_path, clock)
    await one.acquire("binance", 80)
    await other.acquire("binance", 1)
    assert clock.sleeps == [60.0]


async def test_venues_and_addresses_have_budgets_of_their_own(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget = budget_at(tmp_path, clock)
    for venue in ("binance", "binance@127.0.0.1:8080", "binance@127.0.0.1:8081"):
        await budget.acquire(venue, 80)
    budget.block_until("binance@127.0.0.1:8080", NOON + HOUR)
    assert clock.sleeps == []
    assert budget.blocked_until("binance") == 0


async def test_a_block_holds_after_a_restart_and_ends_on_time(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget_at(tmp_path, clock).block_until("binance", NOON + 90 * SECOND)
    restarted = budget_at(tmp_path, clock)
    assert restarted.blocked_until("binance") == NOON + 90 * SECOND
    await restarted.acquire("binance", 1)
    assert clock.sleeps == [90.0]
    assert restarted.blocked_until("binance") == 0


def test_a_shorter_block_does_not_lift_a_longer_one(tmp_path: Path) -> None:
    budget = budget_at(tmp_path, JumpingClock(NOON))
    budget.block_until("binance", NOON + HOUR)
    budget.block_until("binance", NOON + MINUTE)
    assert budget.blocked_until("binance") == NOON + HOUR


async def test_what_the_venue_says_was_used_counts_where_it_is_more(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget = budget_at(tmp_path, clock)
    await budget.acquire("binance", 10)
    budget.observe("binance", 5)
    assert budget.used("binance") == 10
    budget.observe("binance", 75)
    assert budget.used("binance") == 75
    await budget.acquire("binance", 6)
    assert sum(clock.sleeps) == 60.0


async def test_the_state_of_every_venue_can_be_seen(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    budget = budget_at(tmp_path, clock)
    await budget.acquire("binance", 10)
    budget.block_until("kraken", NOON + HOUR)
    assert budget.states() == [
        BudgetState("binance", used=10, allowed=80, blocked_until_ns=0),
        BudgetState("kraken", used=0, allowed=48, blocked_until_ns=NOON + HOUR),
    ]
    clock.advance(HOUR)
    assert budget.states() == []


async def test_a_clock_set_back_delays_nobody_for_longer_than_a_window(tmp_path: Path) -> None:
    await budget_at(tmp_path, JumpingClock(NOON)).acquire("binance", 80)
    earlier = JumpingClock(NOON - HOUR)
    await budget_at(tmp_path, earlier).acquire("binance", 80)
    assert sum(earlier.sleeps) == 60.0


def test_no_ban_is_believed_for_more_than_three_days(tmp_path: Path) -> None:
    budget = budget_at(tmp_path, JumpingClock(NOON))
    budget.block_until("binance", NOON + 400 * DAY)
    assert budget.blocked_until("binance") == NOON + 3 * DAY


async def test_a_request_heavier_than_the_budget_is_refused_and_does_not_wait_for_ever(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at most its budget of 80"):
        await budget_at(tmp_path, JumpingClock(NOON)).acquire("binance", 81)


async def test_a_file_that_is_no_budget_means_no_request(tmp_path: Path) -> None:
    (tmp_path / "budget.sqlite").write_bytes(b"this is not a database, " * 100)
    with pytest.raises(ExchangeUnavailable, match=r"budget\.sqlite: the shared request budget cannot be used"):
        budget_at(tmp_path, JumpingClock(NOON))


def test_the_folder_is_made_and_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    open_rate_budget(JumpingClock(NOON), tmp_path / "state" / "tickwright")
    assert (tmp_path / "state" / "tickwright" / "request-budget.sqlite").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be made"):
        open_rate_budget(JumpingClock(NOON), tmp_path / "file" / "below")


def test_the_folder_is_the_user_s_and_not_a_project_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert user_state_directory() == Path("/var/state/tickwright")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert user_state_directory() == Path("/home/somebody/.local/state/tickwright")


def spent_by_racers(folder: Path, requests: int, limit: int) -> list[int]:
    """What three processes that start together spend of one budget."""
    SharedRateBudget(folder / "budget.sqlite", JumpingClock(NOON)).close()
    command = [
        sys.executable,
        "-m",
        "tests.adapters.exchanges.spend",
        str(folder),
        "binance",
        str(requests),
        str(limit),
    ]
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return [int(racer.communicate(timeout=60)[0]) for racer in racers]


def test_processes_that_race_never_overspend_together(tmp_path: Path) -> None:
    """Three processes want 500 each of 1000: together they get 1000, whoever gets how much."""
    spent = spent_by_racers(tmp_path, 500, 1000)
    assert sum(spent) == 1000
