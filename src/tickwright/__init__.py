"""Tickwright: fetch market data, keep it honestly, research on it, trade it, watch it.

`import tickwright as tw` gives what a notebook or a strategy file needs, loaded when it is first used:
`tw.load`, `tw.backtest`, `tw.sweep`; `tw.Strategy` and the words of the strategy API; the shipped strategies; the
indicators. `from tickwright import *` gives the same names. No module of the package imports this one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tickwright.domain.version import VERSION as __version__  # noqa: F401

if TYPE_CHECKING:
    from tickwright.bootstrap.notebook import backtest, load, sweep  # noqa: F401
    from tickwright.indicators import *  # noqa: F403
    from tickwright.strategies import *  # noqa: F403
    from tickwright.strategy_api import *  # noqa: F403

_FUNCTIONS = ("backtest", "load", "sweep")
_ROOMS = ("strategy_api", "strategies", "indicators")


def __getattr__(name: str) -> Any:
    """Load a public name from the room it lives in; `__all__` is asked for by a star import alone."""
    if name == "__all__":
        return __dir__()
    if name in _FUNCTIONS:
        return globals().setdefault(name, getattr(import_module("tickwright.bootstrap.notebook"), name))
    if not name.startswith("_"):
        for room in _ROOMS:
            module = import_module(f"tickwright.{room}")
            if name in module.__all__:
                return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module 'tickwright' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Every public name."""
    rooms = [import_module(f"tickwright.{room}") for room in _ROOMS]
    return sorted({"__version__", *_FUNCTIONS, *(name for room in rooms for name in room.__all__)})
