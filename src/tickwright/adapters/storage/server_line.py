"""What libpq is told so that a server behind a dead line is given up, also in the middle of a statement.

A line that drops every packet sends no word of its end, and a time limit that the server keeps cannot reach us; without
these options a program would wait for a quarter of an hour or for ever. Bytes that nobody acknowledges end the
connection after `limit_s`; while nothing is sent, the line is probed after `limit_s` and given up after `_PROBES`
silent probes.
Known limit: a server whose kernel answers while its processes stand still is waited for.
"""

from __future__ import annotations

from typing import Any

_PROBES = 3


def line_limits(limit_s: float) -> dict[str, Any]:
    """The connection options; whole seconds, at least one.

    >>> line_limits(10.0)["tcp_user_timeout"]
    10000
    """
    whole = max(1, round(limit_s))
    return {
        "connect_timeout": whole,
        "tcp_user_timeout": whole * 1000,
        "keepalives_idle": whole,
        "keepalives_interval": max(1, whole // 2),
        "keepalives_count": _PROBES,
    }
