"""Every worked example of the rule book in event mode and by replay."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel.worked_examples import run_case
from tests.reference.cases.case import Case
from tests.reference.cases.collected import ALL
from tests.reference.cases.market_of import fills_as_text, market_of, money_as_text, moved_as_text
from tickwright.modes import event


@pytest.mark.parametrize("mode", [event.run, event.replay], ids=["run", "replay"])
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.identity)
def test_worked_example(case: Case, mode: Any) -> None:
    result, ends = run_case(case, mode)
    market = market_of(case)
    assert fills_as_text(result.fills, market) == list(case.fills)
    assert {label: ends[label] for label in case.ends} == dict(case.ends)
    assert case.ambiguous in (None, result.ambiguous_trades)
    assert list(case.fees) in ([], money_as_text(result.fills["fee"], market))
    assert case.warned in ("", *result.warnings)
    assert list(case.moved) in ([], moved_as_text(result.account_events, market))
    assert case.cash_left in (None, *money_as_text(result.cash[-1:], market))
