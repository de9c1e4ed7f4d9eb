"""A project with a stretch of the bundled real candles, for every test of the rooms that plug things together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.sandbox.history import bundled_history
from tickwright.bootstrap.project import Project
from tickwright.domain.timestamp import parse_instant

FIRST = "2020-01-01"
AFTER = "2020-05-01"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """BTC/USDT and ETH/USDT 1h, January to April 2020, as an exchange would have answered."""
    made = Project(tmp_path / "project")
    span = parse_instant(FIRST), parse_instant(AFTER)
    for bars in bundled_history():
        made.store.write(bars.between(*span), fetched=span, source="test")
    return made
