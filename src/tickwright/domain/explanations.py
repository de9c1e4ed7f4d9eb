"""The page of every code the platform can answer with: errors, ends of orders and refusals, found by reflection.

Invariant: a page has a sentence and three parts: what happened, what state things are in, what to do. Only errors that
are not part of the platform may leave the parts empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc
from typing import Literal

from tickwright.domain.errors import TickwrightError
from tickwright.domain.order_ends import ORDER_ENDS

_PAGE = re.compile(
    r"(?P<summary>.+?)\n\s*\nWhat happened: (?P<happened>.+?)\nState: (?P<state>.+?)\nWhat to do: (?P<remedy>.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code and its page; `exit_code` is None for the ends of orders, which do not end the run."""

    code: str
    kind: Literal["error", "order end"]
    summary: str
    what_happened: str
    state: str
    what_to_do: str
    exit_code: int | None = None


def explanations() -> tuple[Explanation, ...]:
    """Every page: errors by exit code, then the ends of orders in the order of their states."""
    errors = sorted(_family(TickwrightError), key=lambda kind: kind.exit_code)
    return (
        *(_page(kind.code, "error", kind.__doc__ or "", kind.exit_code) for kind in errors),
        *(_page(state.name, "order end", text, None) for state, text in ORDER_ENDS.items()),
    )


def _family(kind: type[TickwrightError]) -> list[type[TickwrightError]]:
    found: list[type[TickwrightError]] = []
    for child in kind.__subclasses__():
        found += [child, *_family(child)]
    return found


def _page(code: str, kind: Literal["error", "order end"], text: str, exit_code: int | None) -> Explanation:
    match = _PAGE.fullmatch(cleandoc(text).strip())
    if match is None:  # a plugin's own error, written more freely
        return Explanation(code, kind, " ".join(cleandoc(text).split()), "", "", "", exit_code)
    parts = {name: " ".join(part.split()) for name, part in match.groupdict().items()}
    return Explanation(code, kind, parts["summary"], parts["happened"], parts["state"], parts["remedy"], exit_code)
