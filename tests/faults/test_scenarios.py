"""Each scenario of data and stores is a row of `scenarios.toml`: tested with a broken variant that fails, or said to
wait for what; none is silently absent, and none names a ghost."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("scenarios.toml").read_text("utf-8"))
SCENARIOS = [f"DI-{number:02}" for number in range(1, 13)] + [f"ST-{number:02}" for number in range(1, 14)]


@cache
def _parts(path: str) -> tuple[frozenset[str], frozenset[str]]:
    """The test functions and the words of a file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset(), frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    words = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return frozenset(node.name for node in defined if node.name.startswith("test_")), frozenset(words)


def exists(test: str) -> bool:
    """Whether a test named as pytest names it is there, with its case where one is named."""
    path, _, name = test.partition("::")
    name, _, case = name.partition("[")
    functions, words = _parts(path)
    return name in functions and (not case or case.removesuffix("]") in words)


def test_every_scenario_has_a_row() -> None:
    assert list(TABLE) == SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_proven_or_says_what_it_waits_for(name: str) -> None:
    row = TABLE[name]
    assert row["says"].endswith(".")
    assert bool(row["tests"]) == bool(row["mutants"]), "a test that no broken variant fails proves nothing"
    assert row["tests"] or row["waits"]
    assert not set(row["tests"]) & set(row["mutants"])


def test_every_named_test_exists() -> None:
    named = [(name, test) for name, row in TABLE.items() for test in (*row["tests"], *row["mutants"])]
    assert [one for one in named if not exists(one[1])] == []


def test_a_ghost_is_noticed() -> None:
    assert exists("tests/faults/test_scenarios.py::test_a_ghost_is_noticed")
    assert not exists("tests/faults/test_scenarios.py::test_of_nothing")
    assert not exists("tests/faults/test_nothing.py::test_a_ghost_is_noticed")
    assert not exists("tests/faults/test_data_mutants.py::test_the_product_passes[DI-" + "99]")
