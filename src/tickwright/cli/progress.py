"""Progress of a long step: a bar on stderr where stderr is a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class ProgressBar:
    """A bar that can be told of work done from any callback; a context manager.

    >>> with ProgressBar("Counting", total=3) as bar:
    ...     bar.advance()
    ...     bar.update(3, total=3)
    """

    def __init__(self, label: str, total: float | None = None) -> None:
        self._label, self._total = label, total
        self._progress: Any = None
        self._task: Any = None
        self._parts: dict[str, tuple[float, float]] = {}
        self._lines: dict[str, Any] = {}

    def __enter__(self) -> ProgressBar:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=Console(file=sys.stderr), transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._label, total=self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, steps: float = 1) -> None:
        """So many steps more are done."""
        if self._progress is not None:
            self._progress.advance(self._task, steps)

    def update(self, done: float, total: float | None = None) -> None:
        """So many steps are done in all, of `total` where it is known now."""
        if self._progress is not None:
            self._progress.update(self._task, completed=done, **({} if total is None else {"total": total}))

    def part(self, name: str, done: float, total: float) -> None:
        """One of several steps that run side by side, on a line of its own until it is done; the first line sums up."""
        self._parts[name] = done, total
        if self._progress is None:
            return
        if name not in self._lines:
            self._lines[name] = self._progress.add_task(f"  {name}", total=total)
        self._progress.update(self._lines[name], completed=done, total=total, visible=done < total)
        done_in_all, total_in_all = (sum(column) for column in zip(*self._parts.values(), strict=True))
        self.update(done_in_all, total_in_all)

    def describe(self, label: str) -> None:
        """Say what is being done now."""
        if self._progress is not None:
            self._progress.update(self._task, description=label)
