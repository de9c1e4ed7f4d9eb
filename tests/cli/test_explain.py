"""Every code has its page."""

from __future__ import annotations

import pytest

from tickwright.domain.explanations import explanations

CODES = [page.code for page in explanations()]


def test_without_a_code_all_are_listed_with_a_sentence_each(tickwright) -> None:
    lines = tickwright("explain").out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == CODES
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize("code", CODES)
def test_a_code_shows_its_page_in_three_parts(tickwright, code) -> None:
    outcome = tickwright("explain", code)
    assert outcome.code == 0
    assert outcome.out.startswith(code)
    for part in ("What happened", "State", "What to do"):
        assert part in outcome.out


def test_a_code_is_found_in_any_spelling_of_case_and_dashes(tickwright) -> None:
    assert tickwright("explain", "venue-min-notional").out == tickwright("explain", "VENUE_MIN_NOTIONAL").out


def test_an_unknown_code_is_answered_with_the_nearest(tickwright) -> None:
    outcome = tickwright("explain", "VENUE_LOTT")
    assert outcome.code == 2
    assert "Did you mean VENUE_LOT?" in outcome.err
    assert "`tickwright explain` lists them all" in tickwright("explain", "!").err


def test_the_document_has_the_parts_by_name(tickwright) -> None:
    page = tickwright("explain", "SETTINGS", "--json").document["codes"][0]
    assert set(page) == {"code", "kind", "summary", "what_happened", "state", "what_to_do", "exit_code"}
    assert page["exit_code"] == 3
    assert tickwright("explain", "FILLED", "--json").document["codes"][0]["exit_code"] is None
    assert len(tickwright("explain", "--json").document["codes"]) == len(CODES)
