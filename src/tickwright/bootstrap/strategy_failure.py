"""A failure inside a strategy's own code, told by its file, line and method.

Invariant: only what passed through the strategy's source is told so; a failure of the platform stays what it is.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tickwright.domain.errors import StrategyFailed, TickwrightError
from tickwright.strategy_api.strategy import Strategy


@contextmanager
def told_of(strategy: type[Strategy]) -> Iterator[None]:
    """Run something of a strategy's; raises `StrategyFailed` from what its code raised.

    What the platform refused it (a `TickwrightError`) stays, and says in addition where the strategy asked for it.
    """
    try:
        yield
    except Exception as error:
        place = _place(error, strategy)
        if place is None:
            raise
        if isinstance(error, TickwrightError):
            error.where = f"{place}: {error.where}" if error.where else place
            raise
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise StrategyFailed(told, where=place) from error


def _place(error: Exception, strategy: type[Strategy]) -> str | None:
    """The innermost line of the strategy's own modules that the error passed; None where it passed none."""
    own = {one.__module__ for one in strategy.__mro__ if not one.__module__.startswith("tickwright.")}
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") in own:
            found = f"{_short(frame.f_code.co_filename)}, line {line}, in {frame.f_code.co_name}"
    return found


def _short(file: str) -> str:
    relative = os.path.relpath(file) if Path(file).is_file() else file
    return file if relative.startswith("..") else relative
