"""Rates, spans and amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickwright.settings.units import read_amount, read_rate, read_span, span_text


@pytest.mark.parametrize(
    ("written", "fraction"),
    [
        ("5bp", "0.0005"),
        ("5 bps", "0.0005"),
        ("0.05%", "0.0005"),
        ("0.0005", "0.0005"),
        ("1e-4", "0.0001"),
        (0.0005, "0.0005"),
        (0, "0"),
        ("-0.5bp", "-0.00005"),
        ("10BP", "0.001"),
        (Decimal("0.10"), "0.10"),
    ],
)
def test_a_rate_is_the_same_fraction_in_every_spelling(written, fraction) -> None:
    assert read_rate(written) == Decimal(fraction)


@pytest.mark.parametrize(
    "written", ["", "bp", "%", "5pct", "1,5%", "five", True, None, [], "nan", "inf", float("nan"), "0x10"]
)
def test_what_is_no_rate_is_refused_with_the_expectation(written) -> None:
    with pytest.raises(ValueError, match=r"a fraction such as 0.0005, or the same as 5bp or 0.05%"):
        read_rate(written)


@pytest.mark.parametrize(
    ("written", "amount"), [("100_000", "100000"), (2500.5, "2500.5"), (" 7 ", "7"), ("1e6", "1000000")]
)
def test_amounts_may_group_their_digits(written, amount) -> None:
    assert read_amount(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["100 000", "1,000", "$5", "", None, True])
def test_what_is_no_amount_is_refused(written) -> None:
    with pytest.raises(ValueError, match="an amount of money"):
        read_amount(written)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("30s", 30), ("15m", 900), ("4h", 14400), ("90d", 7776000), ("2w", 1209600), ("1.5h", 5400)],
)
def test_spans_have_a_unit(written, seconds) -> None:
    assert read_span(written) == seconds * 10**9


@pytest.mark.parametrize("written", [5, "5", "5 months", "-5d", "", "1d12h", None, 1.5])
def test_a_span_without_a_unit_is_refused(written) -> None:
    with pytest.raises(ValueError, match="a span of time such as"):
        read_span(written)


@pytest.mark.parametrize("text", ["90d", "4h", "15m", "30s", "500ms", "0s"])
def test_a_span_is_shown_in_its_largest_exact_unit(text) -> None:
    assert span_text(read_span(text)) == text


def test_a_span_finer_than_milliseconds_is_shown_in_nanoseconds() -> None:
    assert span_text(1) == "1ns"
