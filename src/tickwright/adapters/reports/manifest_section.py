"""What was run on what, exactly: enough to do it again and to compare the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tickwright.adapters.reports.markup import Markup, card, element, pairs
from tickwright.adapters.reports.run_view import RunView

SHOWN_ELSEWHERE = frozenset(("warnings", "scales", "statistics", "digest", "account_digest"))


def manifest_section(view: RunView) -> Markup:
    """The digests, and every entry of the manifest."""
    digests = {"fills digest": view.result.digest, "account digest": view.result.account_digest}
    return manifest_card(digests | dict(view.manifest))


def manifest_card(entries: Mapping[str, object]) -> Markup:
    """A row per entry but those that other sections show."""
    shown = [(name, value) for name, value in entries.items() if name not in SHOWN_ELSEWHERE]
    cells = [(name, element("td", _value(value), class_="words")) for name, value in shown]
    return card("Manifest", pairs(cells, caption="Manifest"))


def _value(value: object) -> Markup:
    """A scalar as code, a mapping as names and values, a list as lines; as deep as it goes."""
    if isinstance(value, Mapping):
        parts = [element("div", element("dt", name), element("dd", _value(part))) for name, part in value.items()]
        return element("dl", *parts)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return element("ul", *(element("li", _value(part)) for part in value))
    return element("code", "none" if value is None else value)
