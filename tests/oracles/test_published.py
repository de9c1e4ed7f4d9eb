"""Each published number is a test: none without, but those that wait for what is not built, and none unknown."""

from __future__ import annotations

import pytest

from tests.oracles.published import ORACLES, WAITING, named


@pytest.mark.parametrize("oracle", ORACLES)
def test_an_oracle_has_a_test_or_waits(oracle: str) -> None:
    assert bool(named().get(oracle)) != (oracle in WAITING), f"{oracle}: {ORACLES[oracle]}"


def test_no_test_names_an_oracle_that_is_not_listed() -> None:
    sections = {oracle for oracle in named() if oracle.split(".")[0] in ("R1", "R6", "R8")}
    assert sorted(sections - set(ORACLES)) == []


def test_what_waits_is_listed() -> None:
    assert set(WAITING) < set(ORACLES)
