"""How large a pool of connections is, and how long anything in it may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How many connections a pool holds, and how long anything may take, in seconds.

    `size` connections stay open, `overflow` more may be opened for a while; `pool_wait_s` bounds waiting for one of
    them, `connect_s` reaching the server (also in the middle of a statement), `statement_s` one statement,
    `lock_wait_s` waiting for another process's lock. Statements slower than `slow_s` are logged.
    """

    size: int = 5
    overflow: int = 5
    pool_wait_s: float = 10.0
    connect_s: float = 10.0
    statement_s: float = 60.0
    lock_wait_s: float = 30.0
    slow_s: float = 1.0


DEFAULT_OPTIONS = PoolOptions()
