"""The page about fills and its drawings are what the worked examples say."""

from __future__ import annotations

from tests.docs.fills_page import IMAGES, files


def test_the_page_and_its_drawings_are_those_of_the_worked_examples() -> None:
    for path, text in files().items():
        assert path.read_text("utf-8") == text, "write them again: python -m tests.docs.fills_page"


def test_no_drawing_is_left_over() -> None:
    assert set(IMAGES.iterdir()) == {path for path in files() if path.suffix == ".svg"}
