"""The page about the rule book's tests is what the table says."""

from __future__ import annotations

from tests.docs.proofs_page import PAGE, page


def test_the_page_is_drawn_from_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it again: python -m tests.docs.proofs_page"
