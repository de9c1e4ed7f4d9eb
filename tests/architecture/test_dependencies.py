"""What the package imports is what it declares: nothing comes along by chance, nothing is declared for no reason."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Loaded by name: SQLAlchemy finds the driver in the database's URL.
BY_NAME = {"psycopg"}


def normal(requirement: str) -> str:
    """The normalised name of a requirement or distribution."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Every distribution that some module of the package imports."""
    graph = grimp.build_graph("tickwright", include_external_packages=True, cache_dir=None)
    modules = {name for name in graph.modules if not name.startswith("tickwright")} - set(sys.stdlib_module_names)
    distributions = packages_distributions()
    return {normal(name) for module in modules for name in distributions.get(module, [module])}


def declared() -> set[str]:
    extras = PROJECT.get("optional-dependencies", {}).values()
    return {
        normal(requirement) for requirement in [*PROJECT["dependencies"], *(name for extra in extras for name in extra)]
    }


def test_everything_imported_is_declared(imported: set[str]) -> None:
    assert imported - declared() == set()


def test_everything_declared_is_imported(imported: set[str]) -> None:
    assert declared() - imported - BY_NAME == set()


def test_no_peer_is_a_dependency() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]

    assert {normal(peer) for peer in groups["peers"]} & declared() == set()


def test_requirement_files_hold_names_versions_and_hashes_only() -> None:
    odd = [
        f"{path.name}: {line}"
        for path in (ROOT / "requirements").glob("*.txt")
        for line in path.read_text().splitlines()
        if not re.fullmatch(
            r"[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?==[^\s;]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line
        )
    ]

    assert odd == []


def test_every_dependency_is_locked() -> None:
    locked = {
        normal(line)
        for name in ("core", "postgres", "s3", "sql")
        for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        if line and not line.startswith(" ")
    }

    assert declared() - locked == set()
