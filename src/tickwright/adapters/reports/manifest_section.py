"""What was run on what, exactly: enough to do it again and to compare the result."""

from __future__ import annotations

import orjson

from tickwright.adapters.reports.markup import Markup, card, element, pairs
from tickwright.adapters.reports.run_view import RunView


def manifest_section(view: RunView) -> Markup:
    """The digests, and every entry of the manifest."""
    rows: list[tuple[object, object]] = [
        ("Fills digest", element("code", view.result.digest)),
        ("Account digest", element("code", view.result.account_digest)),
    ]
    rows += [(name, _value(value)) for name, value in view.manifest.items() if name not in ("warnings", "scales")]
    cells = [(name, element("td", value, class_="words")) for name, value in rows]
    return card("Manifest", pairs(cells, caption="Manifest of the run"))


def _value(value: object) -> object:
    if isinstance(value, str | int | float) or value is None:
        return element("code", "none" if value is None else value)
    return element(
        "pre", orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str).decode()
    )
