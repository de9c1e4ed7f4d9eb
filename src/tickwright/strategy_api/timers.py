"""Timers of a callback strategy, on the time of the events: when each is due, and what is told when it is.

Invariants: nothing reads a clock; a timer is told at the first instant at which a bar closes at or after its time, and
once per instant however often it came due since the last one; timers due at one instant are told in order of their
times, then of their names. Known limit: between two closes nobody wakes, so a timer is as punctual as its bars are
short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickwright.domain.errors import UsageError
from tickwright.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class TimerView:
    """A timer that is due: its name, its time, and how many earlier times of it passed without an instant."""

    name: str
    due_ns: int
    missed: int = 0


@dataclass(frozen=True, slots=True)
class _Timer:
    due_ns: int
    period: Timeframe | None
    offset_ns: int

    def next_after(self, now_ns: int) -> _Timer | None:
        """The same timer at its first time after an instant; None for one that is due once."""
        if self.period is None:
            return None
        begins = self.period.floor(now_ns - self.offset_ns)
        return _Timer(begins + self.period.length_ns + self.offset_ns, self.period, self.offset_ns)


class Timers:
    """The timers of one strategy instance; `wake_at` is told each instant at which one will be due."""

    def __init__(self, wake_at: Callable[[int], None]) -> None:
        self._wake_at = wake_at
        self._timers: dict[str, _Timer] = {}
        self._next_ns = 0

    def set(
        self, name: str, now_ns: int, *, at_ns: int | None, after: str | None, every: str | None, offset: str | None
    ) -> None:
        """Start a timer, in place of one of the same name; raises `UsageError` for terms that do not go together."""
        if (at_ns is None) + (after is None) + (every is None) != 2 or (offset is not None and every is None):
            raise UsageError(
                f"timer {name!r} needs exactly one of at_ns, after and every",
                where="ctx.timer",
                expected="one of them, and an offset only beside every",
            )
        if every is not None:
            period = Timeframe.parse(every, where="ctx.timer")
            offset_ns = 0 if offset is None else Timeframe.parse(offset, where="ctx.timer").length_ns
            if offset_ns >= period.length_ns:
                raise UsageError(f"an offset of {offset}", where="ctx.timer", expected=f"less than {every}")
            timer = _Timer(now_ns, period, offset_ns).next_after(now_ns)
            assert timer is not None
        else:
            due_ns = at_ns if at_ns is not None else now_ns + Timeframe.parse(after or "", where="ctx.timer").length_ns
            timer = _Timer(int(due_ns), None, 0)
        if timer.due_ns <= now_ns:
            raise UsageError(f"timer {name!r} would be due in the past", where="ctx.timer", expected="a later instant")
        self._start(name, timer)

    def cancel(self, name: str) -> None:
        """Stop a timer; nothing where there is none of this name."""
        self._timers.pop(name, None)

    def pending(self) -> dict[str, int]:
        """When each timer is due next."""
        return {name: timer.due_ns for name, timer in self._timers.items()}

    def take_due(self, now_ns: int) -> list[TimerView]:
        """The timers that are due by now; repeated ones begin anew."""
        if now_ns < self._next_ns or not self._timers:
            return []
        due = sorted((timer.due_ns, name) for name, timer in self._timers.items() if timer.due_ns <= now_ns)
        told = []
        for _, name in due:
            timer = self._timers.pop(name)
            following = timer.next_after(now_ns)
            missed = 0
            if following is not None and timer.period is not None:
                missed = (following.due_ns - timer.due_ns) // timer.period.length_ns - 1
                self._start(name, following)
            last_ns = timer.due_ns + missed * (0 if timer.period is None else timer.period.length_ns)
            told.append(TimerView(name, last_ns, missed))
        self._next_ns = min((timer.due_ns for timer in self._timers.values()), default=0)
        return told

    def _start(self, name: str, timer: _Timer) -> None:
        self._timers[name] = timer
        self._next_ns = min(one.due_ns for one in self._timers.values())
        self._wake_at(timer.due_ns)
