"""Which series a project's archives hold, so that an archive that is gone is noticed and not read as an empty one.

Invariants: one small file beside the market data, replaced in one durable step; it names archives without users and
passwords; a series once recorded is demanded whenever that archive is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from tickwright.adapters.storage.durable_file import make_directory, write_file
from tickwright.adapters.storage.opening import shown_location
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.ports import MarketStore

RECORD = "archived.json"


def remember_archive(data_directory: Path, place: str, archive: MarketStore) -> None:
    """Record the series that an archive holds now, beside those recorded before."""
    known, name = _known(data_directory), shown_location(place)
    series = sorted({*known.get(name, ()), *(str(key) for key in archive.keys())})  # noqa: SIM118 - a store is no dict
    if series and series != known.get(name):
        make_directory(data_directory)
        write_file(data_directory / RECORD, orjson.dumps({**known, name: series}, option=orjson.OPT_INDENT_2))


def demand_archive(data_directory: Path, place: str, archive: MarketStore) -> None:
    """Raise `DataError` where an archive lacks a series that was recorded for it."""
    recorded = _known(data_directory).get(shown_location(place), ())
    missing = sorted(set(recorded) - {str(key) for key in archive.keys()}) if recorded else ()  # noqa: SIM118
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(
            f"the archive lacks {missing[0]}{more}, which rows were moved into",
            where=shown_location(place),
            expected="the archive as it was left",
            hint=f"Bring it back or correct retention.archive; to do without, remove {data_directory / RECORD}.",
        )


def _known(data_directory: Path) -> dict[str, list[str]]:
    path = data_directory / RECORD
    try:
        found: Any = orjson.loads(path.read_bytes())
        return {str(place): [str(name) for name in series] for place, series in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as failure:
        raise StoreDamaged(
            "the record of archives is not readable", where=str(path), expected="JSON", hint="Remove the file."
        ) from failure
