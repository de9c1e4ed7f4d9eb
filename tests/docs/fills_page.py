"""Draw docs/how-an-order-fills.md from the worked examples that the tests run.

`python -m tests.docs.fills_page` writes the page and its drawings; a test compares them with what is there.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.fill_drawing import drawing
from tests.reference.cases.case import Case, Send
from tests.reference.cases.collected import ALL

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMAGES = DOCS / "images" / "fills"
INTRODUCTION = """# How an order fills

A bar is two events. **OPEN** is its first trade; **RANGE** is all that follows up to its close. What a strategy decides
at a close meets the next OPEN, then that bar's RANGE. These are worked examples of the [rule book](rule-book.md): the
tests run every one of them through the engine and through a second, naive market written beside the rule book.

In a drawing a bar is a line from its low to its high, its open a tick to the left and its close one to the right; under
it stand open, high, low and close, and its volume where it matters. A dashed line is a price that an order names, a
dotted bar the mark price. A triangle points to a fill, at the left tick at OPEN and on the line in the RANGE. Costs are
zero and there is no cap where nothing else is said.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for case in drawn():
        sent = "; ".join(_told(command) for command in case.sent)
        fills = "\n".join(f"- {line}" for line in (*(case.fills or ["nothing fills"]), *_ended(case), *case.moved))
        parts.append(f"## {case.title[0].upper()}{case.title[1:]}\n")
        parts.append(f"Rule book, {case.rule}. Sent: {sent}.{_terms(case)}\n")
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
    return f"{command.verb} ({terms}) {when}" if terms else f"{command.verb} of {command.label} {when}"


def _ended(case: Case) -> list[str]:
    """How orders ended that did not fill."""
    return [f"{label} ends {end}" for label, end in case.ends.items() if end != "FILLED"]


def _terms(case: Case) -> str:
    """What else an example rests on: costs, lot, leverage."""
    told = [f"{name.replace('_', ' ')} {value}" for name, value in case.costs.items()]
    if case.lot != "0.001":
        told.append(f"lot {case.lot}")
    if case.perpetual:
        told.append(f"leverage {case.perpetual.leverage}")
    return f" With {', '.join(told)}." if told else ""


def files() -> dict[Path, str]:
    """Every file of the page and what belongs in it."""
    made = {IMAGES / f"{name_of(case)}.svg": drawing(case) for case in drawn()}
    return {DOCS / "how-an-order-fills.md": page(), **made}


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
