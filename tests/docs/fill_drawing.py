"""One worked example as a drawing: bars with their open and close, the prices orders name, and the fills.

A bar is drawn as traders draw it: the open a tick to the left, the close one to the right. What fills at OPEN stands at
the left tick, what fills in the RANGE on the bar. Labels of one bar never lie on each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.reference.cases.case import Case

FILL = re.compile(r"bar (\d+) (OPEN|RANGE): (buy|sell) (\S+) @ (\S+) (\w+)")
LEFT, CELL, RIGHT, TOP, PLOT, FOOT = 100, 128, 44, 16, 140, 40
TICK, LINE = 9, 14  # pixels: of a bar's open and close, and from one label to the next
NAMED = ("limit", "stop", "take_profit")
STYLE = (
    "text{font:11px sans-serif;fill:#555}.small{font-size:9.5px;fill:#777}.level{stroke:#999;stroke-dasharray:4 3}"
    ".bar{stroke:#555;stroke-width:2;fill:none}.mark{stroke:#7c3aed;stroke-width:2;fill:none;stroke-dasharray:2 2}"
    ".buy{fill:#1a7f37}.sell{fill:#c2410c}.halo{font-weight:bold;paint-order:stroke;stroke:#fff;stroke-width:4px}"
)


def drawing(case: Case) -> str:
    """One example as SVG."""
    marks = case.perpetual.marks if case.perpetual else ()
    fills = [match for match in map(FILL.fullmatch, case.fills) if match]
    levels = [(name, float(str(sent.terms[name]))) for sent in case.sent for name in NAMED if name in sent.terms]
    rows = [row for row in (*case.bars, *marks) if row is not None]
    shown = [*(price for _, price in levels), *(float(match[5]) for match in fills)]
    highest, lowest = max([*shown, *(row[1] for row in rows)]), min([*shown, *(row[2] for row in rows)])
    width, height = LEFT + CELL * len(case.bars) + RIGHT, TOP + PLOT + FOOT

    def y(price: float) -> float:
        return round(TOP + (highest - price) / ((highest - lowest) or 1) * PLOT, 1)

    lines = _levels(levels, y, width)
    for number, row in enumerate(case.bars):
        x = LEFT + CELL * number + 24
        if row is not None:
            lines += _bar(row, x, y, "bar") + _name(number, row, x, height)
        if number < len(marks) and marks[number] is not None:
            lines += _bar(marks[number] or (), x + 2 * TICK + 6, y, "mark")
        lines += _fills([match for match in fills if int(match[1]) == number], x, y)
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{case.title}">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def _levels(levels: Sequence[tuple[str, float]], y: Callable[[float], float], width: int) -> list[str]:
    """A dashed line for each price that an order names, and what it is called at the left."""
    names: dict[float, list[str]] = {}
    for name, price in levels:
        named = names.setdefault(price, [])
        if name not in named:
            named.append(name)
    lines, prices = [], sorted(names, reverse=True)
    for price, label in zip(prices, _apart([y(price) for price in prices]), strict=True):
        called = f"{', '.join(names[price]).replace('_', ' ')} {price:g}"
        lines.append(f'<line x1="{LEFT}" x2="{width}" y1="{y(price)}" y2="{y(price)}" class="level"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{label + 4:.1f}" text-anchor="end">{called}</text>')
    return lines


def _bar(row: tuple[float, ...], x: int, y: Callable[[float], float], kind: str) -> list[str]:
    """Range, open to the left, close to the right."""
    opened, high, low, close = (y(price) for price in row[:4])
    path = f"M{x} {high}V{low}M{x - TICK} {opened}H{x}M{x} {close}H{x + TICK}"
    return [f'<path d="{path}" class="{kind}"/>']


def _name(number: int, row: tuple[float, ...], x: int, height: int) -> list[str]:
    """Under a bar: its number, its prices and, where the example tells one, its volume."""
    volume = f" vol {row[4]:g}" if len(row) > 4 else ""
    prices = " ".join(f"{price:g}" for price in row[:4])
    return [
        f'<text x="{x - TICK}" y="{height - 18}">bar {number}</text>',
        f'<text x="{x - TICK}" y="{height - 5}" class="small">{prices}{volume}</text>',
    ]


def _fills(fills: Sequence[re.Match[str]], x: int, y: Callable[[float], float]) -> list[str]:
    """A triangle at the price of each fill of a bar, and beside the bar what it was, top to bottom."""
    lines = []
    ordered = sorted(fills, key=lambda match: y(float(match[5])))
    for match, label in zip(ordered, _apart([y(float(match[5])) for match in ordered]), strict=True):
        at, price, up = x - TICK if match[2] == "OPEN" else x, y(float(match[5])), match[3] == "buy"
        points = f"{at - 5},{price + (8 if up else -8)} {at + 5},{price + (8 if up else -8)} {at},{price}"
        lines.append(f'<polygon points="{points}" class="{match[3]}"/>')
        text = f"{match[3]} {match[4]} @ {match[5]}"
        lines.append(f'<text x="{x + TICK + 4}" y="{label + 4:.1f}" class="{match[3]} halo">{text}</text>')
    return lines


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights from top to bottom, moved down where two labels would lie on each other."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + LINE) if placed else height)
    return placed
