"""Instants: int64 nanoseconds since 1970-01-01 UTC, written with the unit in the name (`ts_event_ns`).

Invariant: inside the platform an instant is always an `int` of UTC nanoseconds. Text is ISO 8601 with a `Z`; a date
without a time is midnight UTC, and as an inclusive end it means the whole day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tickwright.domain.errors import UsageError

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_instant(text: str, *, inclusive_end: bool = False, where: str = "time") -> int:
    """Nanoseconds of an ISO 8601 date or date-time, UTC where no offset is written.

    With `inclusive_end` a bare date means the end of that day (`--end 2024-12-31` includes the 31st); a full
    timestamp stays exclusive.

    >>> parse_instant("2024-01-01")
    1704067200000000000
    >>> parse_instant("2023-12-31", inclusive_end=True) == parse_instant("2024-01-01T00:00Z")
    True
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is not a date or time",
            where=where,
            expected="ISO 8601 such as 2024-12-31 or 2024-12-31T08:00:00Z",
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elapsed = moment - _EPOCH
    nanoseconds = (elapsed.days * 86_400 + elapsed.seconds) * SECOND + elapsed.microseconds * MICROSECOND
    return nanoseconds + DAY if inclusive_end and _DATE.fullmatch(text.strip()) else nanoseconds


def iso(ts_ns: int) -> str:
    """An instant as ISO 8601 text in UTC, with just as many decimals of a second as it needs.

    >>> iso(1704067200000000000)
    '2024-01-01T00:00:00Z'
    >>> iso(1704067200123000000)
    '2024-01-01T00:00:00.123Z'
    """
    seconds, rest = divmod(int(ts_ns), SECOND)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}".rstrip("0") + "Z" if rest else f"{text}Z"
