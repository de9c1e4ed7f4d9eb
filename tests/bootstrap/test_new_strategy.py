"""A new strategy and its names."""

from __future__ import annotations

import pytest

from tickwright.bootstrap.new_strategy import make_strategy
from tickwright.bootstrap.strategies import find_strategy
from tickwright.domain.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "class_name", "file_name"),
    [
        ("MyIdea", "MyIdea", "my_idea"),
        ("my_idea", "MyIdea", "my_idea"),
        ("my-idea", "MyIdea", "my_idea"),
        ("idea", "Idea", "idea"),
        ("RSI2", "RSI2", "rsi2"),
        ("EMACross", "EMACross", "emacross"),
    ],
)
def test_any_spelling_gives_a_class_and_a_file(tmp_path, typed, class_name, file_name) -> None:
    made = make_strategy(tmp_path, typed)
    assert (made.name, made.file.name, made.test.name) == (class_name, f"{file_name}.py", f"test_{file_name}.py")
    assert find_strategy(tmp_path, class_name).__name__ == class_name


@pytest.mark.parametrize("name", ["", "3x", "my idea", "class", "a/b", "../x", "ä", "_x", "x.py"])
def test_what_cannot_be_a_name_is_refused(tmp_path, name) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a strategy; expected letters and digits"):
        make_strategy(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_shipped_strategy_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"SmaCross is the name of another strategy \(shipped\)"):
        make_strategy(tmp_path, "SmaCross")


def test_a_file_in_the_way_is_named_and_left_alone(tmp_path) -> None:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "idea.py").write_text("# mine\n")
    with pytest.raises(UsageError, match=r"idea\.py: this file exists already"):
        make_strategy(tmp_path, "Idea")
    assert (tmp_path / "strategies" / "idea.py").read_text() == "# mine\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path) -> None:
    (tmp_path / "strategies").write_text("")
    with pytest.raises(UsageError, match="the strategy cannot be written"):
        make_strategy(tmp_path, "Idea")
