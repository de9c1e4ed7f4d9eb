"""The names of states: what a refusal and an end may be called."""

from __future__ import annotations

from tickwright.domain.records import OrderState


def test_refusals_by_a_venue_have_the_names_of_the_rule_book() -> None:
    """§4.10: nine, and no other."""
    names = {state.name.removeprefix("VENUE_") for state in OrderState if state.name.startswith("VENUE_")}
    assert names == {
        "TICK", "LOT", "MIN_NOTIONAL", "INSUFFICIENT_FUNDS", "TOO_SMALL", "POST_ONLY", "WOULD_TRIGGER",
        "UNKNOWN_ORDER", "UNSUPPORTED",
    }  # fmt: skip


def test_ends_have_the_names_of_the_rule_book() -> None:
    """§4.10: six, beside refusals."""
    ends = {state.name for state in OrderState if OrderState.FILLED <= state < OrderState.VENUE_TICK}
    assert ends == {"END_OF_DATA", "LIQUIDATED", "COVER_GONE", "EXPIRED", "CANCELLED", "FILLED"}
