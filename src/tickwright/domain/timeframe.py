"""Bar lengths in ccxt's notation (`1m`, `15m`, `1h`, `1d`, `1w`), with their grid on the clock.

Invariant: bars of a timeframe open at multiples of its length counted from 1970-01-01 UTC, weeks from a Monday.
Calendar months have no fixed length and are not a timeframe here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_FIRST_MONDAY = 4 * DAY


@total_ordering
@dataclass(frozen=True, slots=True)
class Timeframe:
    """A bar length: its canonical name and its length in nanoseconds.

    >>> Timeframe.parse("60m").name, Timeframe.parse("1h").length_ns
    ('1h', 3600000000000)
    """

    name: str
    length_ns: int

    @classmethod
    def parse(cls, text: str, *, where: str = "timeframe") -> Timeframe:
        """The timeframe a text names, in its largest exact unit; raises `UsageError` for anything else."""
        match = re.fullmatch(r"([1-9]\d{0,5})([smhdw])", text.strip())
        if match is None:
            raise UsageError(
                f"{text!r} is not a timeframe",
                where=where,
                expected="a number and one of s, m, h, d, w, such as 15m, 1h or 1d",
            )
        length = int(match[1]) * _UNITS[match[2]]
        unit = next(u for u in ("w", "d", "h", "m", "s") if length % _UNITS[u] == 0)
        return cls(f"{length // _UNITS[unit]}{unit}", length)

    def floor(self, ts_ns: int) -> int:
        """The open time of the bar that contains an instant.

        >>> from tickwright.domain.timestamp import iso, parse_instant
        >>> iso(Timeframe.parse("1w").floor(parse_instant("2024-01-03")))
        '2024-01-01T00:00:00Z'
        """
        origin = _FIRST_MONDAY if self.length_ns % _UNITS["w"] == 0 else 0
        return ts_ns - (ts_ns - origin) % self.length_ns

    def ceil(self, ts_ns: int) -> int:
        """The first open time at or after an instant."""
        return self.floor(ts_ns + self.length_ns - 1)

    def __lt__(self, other: Timeframe) -> bool:
        return self.length_ns < other.length_ns

    def __str__(self) -> str:
        return self.name
