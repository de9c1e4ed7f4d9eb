"""Instants in text: every form, and nothing guessed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tickwright.adapters.storage.files.time_text import instants

NEW_YEAR = 1704067200 * 10**9


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1704067200", "seconds"),
        ("1704067200.0", "seconds"),
        ("1704067200000", "milliseconds"),
        ("1704067200000000", "microseconds"),
        ("1704067200000000000", "nanoseconds"),
        ("2024-01-01", "ISO 8601"),
        ("2024-01-01 00:00:00", "ISO 8601"),
        ("2024-01-01T00:00:00.000Z", "ISO 8601"),
        ("2024-01-01 00:00:00 UTC", "ISO 8601"),
        ("2024-01-01T05:30+05:30", "ISO 8601"),
    ],
)
def test_every_form_names_the_same_instant(text: str, form: str) -> None:
    found = instants(pa.array([text, text]))
    assert (found.form, found.ns.tolist(), found.problems) == (form, [NEW_YEAR, NEW_YEAR], {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "20240101",
        "01/02/2024",
        "1.704e9",
        "Jan 1 2024",
        "2024-13-01",
        "170406720000",
        "-1704067200",
        "1970-01-01",
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_named(text: str) -> None:
    found = instants(pa.array(["1704067200", "1704070800", text]))
    assert list(found.problems) == [2]
