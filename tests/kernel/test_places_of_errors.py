"""Where `tests/mutants` puts an error, the engine still has what it replaces.

Trying the errors takes minutes and belongs to `make check`; that a place is gone is seen here at once.
"""

from __future__ import annotations

from pathlib import Path

from tests.mutants.mutations import MUTATIONS

SOURCES = Path(__file__).resolve().parents[2] / "src" / "tickwright"


def test_every_place_stands_once_in_its_file() -> None:
    counts = {
        error.title: (SOURCES / error.room / f"{error.file}.py").read_text("utf-8").count(error.before)
        for error in MUTATIONS
    }
    assert {title: count for title, count in counts.items() if count != 1} == {}
