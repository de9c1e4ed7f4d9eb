"""Text stays text."""

from __future__ import annotations

import json

from tickwright.adapters.reports.markup import Markup, element, embedded, joined, pairs, table

NASTY = "</script><img src=x onerror=alert(1)>\u2028'\""


def test_text_and_attributes_are_escaped() -> None:
    written = element("p", NASTY, title=NASTY)
    assert "<img" not in written
    assert "</script>" not in written
    assert '"' not in written.split('title="')[1].split('"')[0]


def test_markup_is_not_escaped_twice_and_none_leaves_an_attribute_out() -> None:
    assert element("b", element("i", "x"), class_=None, aria_label="y") == '<b aria-label="y"><i>x</i></b>'
    assert joined(["<", Markup("<br>")]) == "&lt;<br>"


def test_embedded_json_cannot_end_its_element() -> None:
    written = embedded("data", {"name": NASTY})
    assert written.count("<") == 2
    assert json.loads(written.split(">", 1)[1].rsplit("<", 1)[0])["name"] == NASTY


def test_tables_name_their_rows_and_columns() -> None:
    written = table(("Symbol", "Result"), [(NASTY, 1)], caption="Results")
    assert '<th scope="col">Symbol</th>' in written
    assert '<td class="n">1</td>' in written
    assert "<img" not in written
    assert "<img" not in pairs([(NASTY, NASTY)], caption=NASTY)
