"""The marks of our small pictures: bars, lines, words and the frame around them, as plain SVG.

A picture is 560 units wide and scales with the page; its words are its text alternative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tickwright.adapters.reports.markup import Markup, element, joined

WIDTH = 560.0
_ANCHORS = {0.0: "start", 1.0: "end"}


def bar(x: float, y: float, slot: float, height: float, tone: str, title: str) -> Markup:
    """A bar that fills a slot but for a hair on both sides; `title` shows when it is pointed at."""
    return Markup(
        f'<rect class="{tone}" x="{x + 0.75:.1f}" y="{y:.1f}" width="{slot - 1.5:.1f}" height="{height:.1f}" rx="1.5">'
        f"<title>{title}</title></rect>"
    )


def flat_line(y: float, *, left: float = 0.0, right: float = WIDTH, kind: str = "axis") -> Markup:
    """A horizontal line."""
    return Markup(f'<line class="{kind}" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')


def upright_line(x: float, top: float, bottom: float, *, kind: str) -> Markup:
    """A vertical line."""
    return Markup(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>')


def words(x: float, y: float, text: str, anchor: str) -> Markup:
    """Text at a point; `anchor` is start, middle or end."""
    return Markup(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>')


def words_below(height: float, labels: Iterable[tuple[float, str]]) -> Markup:
    """Texts under a picture of this height, each at its share of the width."""
    return joined(words(WIDTH * share, height + 16, text, _ANCHORS.get(share, "middle")) for share, text in labels)


def picture(inside: Sequence[Markup], height: float, alternative: str) -> Markup:
    """The frame of a picture with its text alternative."""
    box = f"0 0 {WIDTH:.0f} {height:.0f}"
    return element("svg", *inside, class_="sketch", viewBox=box, role="img", aria_label=alternative)
