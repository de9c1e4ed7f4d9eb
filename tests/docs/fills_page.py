"""Draw docs/how-an-order-fills.md from the worked examples that the tests run.

`python -m tests.docs.fills_page` writes the page and its drawings; a test compares them with what is there.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.reference.cases.case import Case, Send
from tests.reference.cases.collected import ALL

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMAGES = DOCS / "images" / "fills"
WIDTH, HEIGHT, PAD = 360, 170, 24
FILL = re.compile(r"bar (\d+) (OPEN|RANGE): (buy|sell) (\S+) @ (\S+) (\w+)")
INTRODUCTION = """# How an order fills

A bar is two events. **OPEN** is its first trade; **RANGE** is all that follows up to its close. What a strategy decides
at a close meets the next OPEN, then that bar's RANGE. These are worked examples of the [rule book](rule-book.md): the
tests run every one of them through the engine and through a second, naive market written beside the rule book.

In a drawing the thin line of a bar is its range, the thick one runs from open to close. A dashed line is a price that
an order names; a triangle is a fill, at the left of its bar at OPEN and in its middle in the RANGE.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for case in drawn():
        sent = "; ".join(_told(command) for command in case.sent)
        fills = "\n".join(f"- {line}" for line in case.fills) or "- nothing fills"
        parts.append(f"## {case.title[0].upper()}{case.title[1:]}\n\nRule book, {case.rule}. Sent: {sent}.\n")
        parts.append(f"![{case.title}](images/fills/{name_of(case)}.svg)\n\n{fills}\n")
    return "\n".join(parts)


def drawn() -> list[Case]:
    """The examples that have a drawing."""
    return [case for case in ALL if case.drawn]


def name_of(case: Case) -> str:
    """The file name of a drawing."""
    return re.sub(r"[^a-z0-9]+", "-", case.title.lower()).strip("-")


def _told(command: Send) -> str:
    terms = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in command.terms.items())
    when = f"on the fill of {command.on_fill}" if command.on_fill else f"after bar {command.after}"
    return f"{command.verb} ({terms}) {when}"


def drawing(case: Case) -> str:
    """One example as SVG."""
    levels = [
        float(str(c.terms[name])) for c in case.sent for name in ("limit", "stop", "take_profit") if name in c.terms
    ]
    fills = [FILL.fullmatch(line) for line in case.fills]
    prices = [float(match[5]) for match in fills if match]
    rows = [row for row in case.bars if row is not None]
    highest, lowest = (
        max([*prices, *levels, *(row[1] for row in rows)]),
        min([*prices, *levels, *(row[2] for row in rows)]),
    )
    step = (WIDTH - 2 * PAD) / len(case.bars)

    def y(price: float) -> str:
        return f"{PAD + (highest - price) / ((highest - lowest) or 1) * (HEIGHT - 2 * PAD):.1f}"

    def x(bar: int, at: float) -> str:
        return f"{PAD + (bar + at) * step:.1f}"

    lines = [
        f'<line x1="{PAD}" x2="{WIDTH - PAD}" y1="{y(p)}" y2="{y(p)}" class="level"/>' for p in sorted(set(levels))
    ]
    for number, row in enumerate(case.bars):
        if row is not None:
            middle = x(number, 0.5)
            lines.append(f'<line x1="{middle}" x2="{middle}" y1="{y(row[1])}" y2="{y(row[2])}" class="range"/>')
            lines.append(f'<line x1="{middle}" x2="{middle}" y1="{y(row[0])}" y2="{y(row[3])}" class="body"/>')
            lines.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">bar {number}</text>')
    for match in fills:
        if match:
            at = x(int(match[1]), 0.3 if match[2] == "OPEN" else 0.5)
            sign = "▲" if match[3] == "buy" else "▼"
            label = f"{sign} {match[4]} @ {match[5]}"
            lines.append(f'<text x="{at}" y="{y(float(match[5]))}" class="{match[3]}">{label}</text>')
    style = (
        "text{font:11px sans-serif;fill:#666}.level{stroke:#888;stroke-dasharray:4 3}"
        ".range{stroke:#888;stroke-width:1.5}"
        ".body{stroke:#777;stroke-width:9}.buy{fill:#1a7f37;font-weight:bold}.sell{fill:#c2410c;font-weight:bold}"
    )
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{case.title}">\n<style>{style}</style>\n{body}\n</svg>\n'
    )


def files() -> dict[Path, str]:
    """Every file of the page and what belongs in it."""
    made = {IMAGES / f"{name_of(case)}.svg": drawing(case) for case in drawn()}
    return {DOCS / "how-an-order-fills.md": page(), **made}


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
