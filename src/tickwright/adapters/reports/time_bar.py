"""The bar that stays on top while a page scrolls: the window of time all charts share."""

from __future__ import annotations

from tickwright.adapters.reports.markup import Markup, element

SPANS = ((30, "1M"), (91, "3M"), (365, "1Y"), (1096, "3Y"), (0, "All"))


def time_bar(*, navigator: bool) -> Markup:
    """Buttons for usual lengths (days), a small picture of the whole record if wanted, and the window in words."""
    buttons = [element("button", name, type="button", class_="tool", data_days=days) for days, name in SPANS]
    canvas = element(
        "canvas", id="navigator", tabindex="0", role="img",
        aria_label="The whole record with the time window; arrow keys move it, plus and minus change its length.",
    )  # fmt: skip
    return element(
        "div",
        element("div", *buttons, class_="tools", role="group", aria_label="Time window"),
        canvas if navigator else "",
        element("span", id="window-label", aria_live="polite"),
        class_="timebar",
    )
