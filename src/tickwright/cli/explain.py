"""`tickwright explain`: the page of an error, an end of an order or a refusal."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper
from tickwright.domain.errors import UsageError
from tickwright.domain.explanations import Explanation, explanations

app = command_app()


@command(app)
def explain(
    frame: Frame, code: Annotated[str | None, typer.Argument(help="A code; without one, all.")] = None
) -> Answer:
    """Say what a code means, what state things are in, and what to do."""
    pages = {page.code: page for page in explanations()}
    if code is None:
        every = list(pages.values())
        return Answer("explain", {"codes": every}, lambda paper: _list(paper, every))
    name = code.strip().upper().replace("-", "_")
    if name not in pages:
        near = get_close_matches(name, pages, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}?" if near else "`tickwright explain` lists them all."
        raise UsageError(f"{code!r} is not a code", where="explain", hint=hint)
    page = pages[name]
    return Answer("explain", {"codes": [page]}, lambda paper: _page(paper, page))


def _list(paper: Paper, pages: list[Explanation]) -> None:
    paper.table(["code", "exit", "meaning"], [(page.code, page.exit_code, page.summary) for page in pages])


def _page(paper: Paper, page: Explanation) -> None:
    ending = "the order ends, the run goes on" if page.exit_code is None else f"exit code {page.exit_code}"
    paper.line(f"{page.code} ({ending})")
    paper.line(page.summary)
    paper.line()
    paper.facts([("What happened", page.what_happened), ("State", page.state), ("What to do", page.what_to_do)])
