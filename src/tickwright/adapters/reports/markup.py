"""Escaped HTML: the only way text of a user (names, tags, notes, settings) enters a page.

Invariant: a `Markup` is safe to put into a page; a plain string is text and is escaped before it gets there.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

import orjson


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: object) -> Markup:
    """A text as HTML; a `Markup` stays as it is.

    >>> escaped("<b>&'")
    '&lt;b&gt;&amp;&#x27;'
    """
    return text if isinstance(text, Markup) else Markup(html.escape(str(text)))


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """An element with escaped children and attributes; `class_` is class, `aria_label` is aria-label.

    >>> element("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    written = "".join(f' {names[name]}="{escaped(value)}"' for name, value in attributes.items() if value is not None)
    return Markup(f"<{tag}{written}>{joined(children)}</{tag}>")


def joined(parts: Iterable[object]) -> Markup:
    """Parts one after the other, each escaped unless it is HTML."""
    return Markup("".join(escaped(part) for part in parts))


def table(heads: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str, class_: str = "") -> Markup:
    """A table whose first column names its rows; cells that are `Markup` of a `td` are taken as they are."""
    head = joined(
        element("th", text, scope="col", class_=None if place == 0 else "n") for place, text in enumerate(heads)
    )
    body = joined(element("tr", element("th", row[0], scope="row"), *map(_cell, row[1:])) for row in rows)
    return element(
        "div",
        element(
            "table",
            element("caption", caption, class_="unseen"),
            element("thead", element("tr", head)),
            element("tbody", body),
            class_=class_ or None,
        ),
        class_="scroll",
    )


def pairs(rows: Iterable[tuple[object, object]], *, caption: str) -> Markup:
    """A table of names and values."""
    body = joined(element("tr", element("th", name, scope="row"), _cell(value, "")) for name, value in rows)
    return element("table", element("caption", caption, class_="unseen"), element("tbody", body), class_="pairs")


def card(title: str, *content: object, tools: object = "", **attributes: object) -> Markup:
    """A titled section of the page."""
    head = element("div", element("h2", title), tools, class_="head")
    return element("section", head, *content, class_="card", aria_label=title, **attributes)


def paged_table(identity: str, title: str, columns: Iterable[tuple[str, str, str]]) -> Markup:
    """The frame of a table that a script fills and turns: a column is its name, its words and its class."""
    heads = [
        element("th", element("button", words, type="button", data_sort=name), scope="col", class_=kind or None)
        for name, words, kind in columns
    ]
    head = element("thead", element("tr", *heads))
    caption = element("caption", f"{title}, a page at a time", class_="unseen")
    body = element("table", caption, head, element("tbody"), class_="nowrap paged", id=identity)
    tools = element(
        "div",
        element("span", class_="note", id=f"{identity}-pages"),
        element("button", "←", type="button", class_="tool", id=f"{identity}-before", aria_label="Earlier rows"),
        element("button", "→", type="button", class_="tool", id=f"{identity}-after", aria_label="Later rows"),
        class_="tools",
    )
    return card(title, element("div", body, class_="scroll"), tools=tools)


def chart_box(identity: str, alternative: str, height: int) -> Markup:
    """The place of a chart that a script draws, with its text alternative and its height kept free."""
    return element(
        "div",
        class_="chart",
        id=identity,
        tabindex="0",
        role="img",
        aria_label=alternative,
        style=f"min-height:{height}px",
    )


def embedded(identity: str, document: Any) -> Markup:
    """A JSON document for a script to read; no text in it can end the element."""
    text = (
        orjson.dumps(document)
        .decode()
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
    return Markup(f'<script type="application/json" id="{identity}">{text}</script>')


def _cell(value: object, kind: str = "n") -> Markup:
    if isinstance(value, Markup) and value.startswith("<td"):
        return value
    return element("td", value, class_=kind or None)
