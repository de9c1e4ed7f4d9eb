"""Writes `docs/reference/errors.md` from the pages of the codes: `python -m tests.docs.errors_page` after a change."""

from __future__ import annotations

from tests.docs.documents import ROOT
from tickwright.domain.explanations import Explanation, explanations

PAGE = ROOT / "docs" / "reference" / "errors.md"

INTRODUCTION = """\
# Errors and ends of orders

Every failure is one sentence that names the place, the value, what was expected and what to do. It has a code, and
`tickwright explain CODE` prints what stands here. In Python each is an exception of `tickwright.domain.errors`; with
`--json` it is the document `{"error": {"code", "message", "where", "expected", "hint"}}`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a check failed, or a refusal |
| 2 | the command line is wrong |
| 3 | the settings are wrong |
| 4 | data is missing or damaged |
| 5 | an exchange failed |
| 6 | stopped by a safety rule |
| 130 | interrupted |
"""

ORDERS = """\
## Ends and refusals of orders

A refusal is no failure: the order ends with a name and the run goes on. `VENUE_…` is what the exchange would not take,
`RISK_…` what our own limits would not send.
"""


def errors_page() -> str:
    """The whole page."""
    pages = explanations()
    errors = [_section(page) for page in pages if page.kind == "error"]
    ends = [_section(page) for page in pages if page.kind == "order end"]
    return "\n".join([INTRODUCTION, "## Errors\n", *errors, ORDERS, *ends])


def _section(page: Explanation) -> str:
    exit_code = "" if page.exit_code is None else f" Exit code {page.exit_code}."
    return f"""\
### {page.code}

{page.summary}{exit_code}

- **What happened:** {page.what_happened}
- **State:** {page.state}
- **What to do:** {page.what_to_do}
"""


if __name__ == "__main__":
    PAGE.write_text(errors_page())
