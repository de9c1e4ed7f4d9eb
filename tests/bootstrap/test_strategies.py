"""Strategies found by name, file, module and entry point."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tickwright.bootstrap import strategies
from tickwright.bootstrap.strategies import all_strategies, find_registered, find_strategy
from tickwright.domain.errors import StrategyBroken, UsageError
from tickwright.strategies import SmaCross

GOOD = """
from tickwright.strategy_api import Strategy
class {name}(Strategy):
    def targets(self, bars, ind):
        return bars.close > 0
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that writes a strategy file into the project."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)

    def call(name: str, text: str) -> Path:
        path = tmp_path / "strategies" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return call


def test_a_shipped_strategy_is_found_by_its_name(tmp_path) -> None:
    assert find_strategy(tmp_path, "SmaCross") is SmaCross
    assert find_registered(tmp_path, "SmaCross").origin == "shipped"


def test_a_projects_file_is_found_by_name_by_path_and_by_both(tmp_path, write) -> None:
    path = write("mine.py", GOOD.format(name="Mine"))
    for name in ("Mine", str(path), "strategies/mine.py", "mine.py", "mine.py:Mine", f"{path}:Mine"):
        found = find_registered(tmp_path, name)
        assert (found.name, found.origin) == ("Mine", "strategies/mine.py")


def test_a_projects_strategy_comes_before_a_shipped_one(tmp_path, write) -> None:
    write("own.py", GOOD.format(name="SmaCross"))
    assert find_strategy(tmp_path, "SmaCross") is not SmaCross


def test_an_edited_file_counts_at_once(tmp_path, write) -> None:
    write("mine.py", GOOD.format(name="Mine"))
    assert find_strategy(tmp_path, "Mine").__doc__ is None
    write("mine.py", GOOD.format(name="Mine").replace("Strategy):", 'Strategy):\n    """Now with words."""'))
    assert find_strategy(tmp_path, "Mine").__doc__ == "Now with words."


def test_a_module_and_its_class_are_found(tmp_path) -> None:
    found = find_registered(tmp_path, "tickwright.strategies:SmaCross")
    assert (found.strategy, found.origin) == (SmaCross, "tickwright.strategies:SmaCross")


def test_a_module_of_the_project_is_found(tmp_path, write) -> None:
    write("lab_of_mine.py", GOOD.format(name="Mine")).rename(tmp_path / "lab_of_mine.py")
    assert find_strategy(tmp_path, "lab_of_mine:Mine").__name__ == "Mine"
    del sys.modules["lab_of_mine"]


def test_a_file_may_import_its_neighbour(tmp_path, write) -> None:
    write("_neighbour_words.py", "LEVEL = 7\n")
    write("mine.py", "from _neighbour_words import LEVEL\n" + GOOD.format(name="Mine"))
    assert find_strategy(tmp_path, "Mine").__name__ == "Mine"
    del sys.modules["_neighbour_words"]


def test_what_a_file_prints_does_not_reach_stdout(tmp_path, write, capsys) -> None:
    write("loud.py", "print('hello')\n" + GOOD.format(name="Loud"))
    find_strategy(tmp_path, "Loud")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\ndef (\n", "strategies/bad.py, line 2: this is not Python: invalid syntax"),
        ("import nothing_like_this\n", "line 1: it imports nothing_like_this, which is not installed"),
        ("\n\n1 / 0\n", "line 3: it fails while it is imported: ZeroDivisionError: division by zero"),
        ("def f():\n    raise KeyError('x')\nf()\n", "line 2: it fails while it is imported: KeyError"),
        ("import sys\nsys.exit(3)\n", "line 2: it ends the process while it is imported"),
        (GOOD.format(name="Bad").replace("targets", "target"), "strategies/bad.py: Bad overrides none of them"),
        (
            "from tickwright.strategy_api import Strategy, integer\nclass Bad(Strategy):\n    n = integer(5, low=9)\n",
            "line 2: Bad.n: 5 does not fit; expected a whole number, 9 or more",
        ),
    ],
)
def test_a_file_that_does_not_load_is_one_sentence_with_its_line(tmp_path, write, text, sentence) -> None:
    write("bad.py", text)
    write("good.py", GOOD.format(name="Good"))
    found = all_strategies(tmp_path)
    assert "Good" in found.registry
    assert len(found.broken) == 1
    assert isinstance(found.broken[0], StrategyBroken)
    assert sentence in str(found.broken[0])


def test_asking_for_the_file_that_does_not_load_says_why(tmp_path, write) -> None:
    write("my_idea.py", "1 / 0\n")
    with pytest.raises(StrategyBroken, match=r"my_idea\.py, line 1"):
        find_strategy(tmp_path, "MyIdea")


def test_asking_for_another_name_mentions_what_is_not_loaded(tmp_path, write) -> None:
    write("bad.py", "1 / 0\n")
    with pytest.raises(UsageError, match=r"Did you mean SmaCross\? Not loaded: strategies/bad\.py, line 1\."):
        find_strategy(tmp_path, "SmaCros")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("smacross", "there is no strategy 'smacross'. Did you mean SmaCross?"),
        ("no_such_module:X", "there is no module 'no_such_module'; expected module:Class or FILE.py:Class"),
        ("tickwright.strategies:SmaCros", "there is no strategy 'SmaCros' in it. Did you mean SmaCross?"),
        ("tickwright.domain.money:X", "there is no strategy in it; expected a class that extends"),
        ("missing.py", "there is no file 'missing.py'; expected the path of a strategy file"),
    ],
)
def test_a_name_that_means_nothing_is_one_sentence(tmp_path, name, sentence) -> None:
    with pytest.raises(UsageError) as caught:
        find_strategy(tmp_path, name)
    assert sentence in str(caught.value)


def test_a_file_with_two_strategies_asks_for_one_by_name(tmp_path, write) -> None:
    write("two.py", GOOD.format(name="One") + GOOD.format(name="Two"))
    with pytest.raises(UsageError, match=r"there are 2 strategies in it: One, Two; .* Write strategies/two\.py:One\."):
        find_strategy(tmp_path, "two.py")
    assert find_strategy(tmp_path, "two.py:Two").__name__ == "Two"


def test_two_files_with_one_name_keep_the_first_and_name_the_second(tmp_path, write) -> None:
    write("a.py", GOOD.format(name="Same"))
    write("b.py", GOOD.format(name="Same"))
    found = all_strategies(tmp_path)
    assert found.registry.find("Same").origin == "strategies/a.py"
    assert "Same is defined twice, in strategies/a.py and in strategies/b.py" in str(found.broken[0])


def entry_points(*points: EntryPoint):
    return lambda group: [point for point in points if point.group == group]


def test_a_package_offers_strategies_by_entry_point(tmp_path, monkeypatch) -> None:
    point = EntryPoint("Trendy", "tickwright.strategies:SmaCross", "tickwright.strategies")
    monkeypatch.setattr(strategies, "entry_points", entry_points(point))
    found = find_registered(tmp_path, "Trendy")
    assert (found.strategy, found.origin) == (SmaCross, "entry point Trendy")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_package:X", "it imports no_such_package, which is not installed"),
        ("tickwright.strategies:Nothing", "AttributeError"),
        ("tickwright.domain.money:amount", "tickwright.domain.money:amount is not a strategy class"),
    ],
)
def test_an_entry_point_that_does_not_load_is_named(tmp_path, monkeypatch, value, reason) -> None:
    point = EntryPoint("Odd", value, "tickwright.strategies")
    monkeypatch.setattr(strategies, "entry_points", entry_points(point))
    broken = all_strategies(tmp_path).broken
    assert [error.where for error in broken] == ["entry point Odd"]
    assert reason in str(broken[0])
