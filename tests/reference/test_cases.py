"""Every worked example of the rule book through the naive market."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.parity.twin import account_records, fill_records, naive_market, name_of
from tests.reference.cases.case import Case
from tests.reference.cases.collected import ALL
from tests.reference.cases.market_of import costs_of, fills_as_text, market_of, money_as_text, moved_as_text
from tests.reference.scripted import Scripted


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.identity)
def test_worked_example(case: Case) -> None:
    market = market_of(case)
    naive = naive_market(market, costs_of(case), Decimal(case.cash))
    script = Scripted(case, name_of(market.ids[0]))
    naive.run(script)
    assert fills_as_text(fill_records(market, naive), market) == list(case.fills)
    assert {label: script.orders[label].state for label in case.ends} == dict(case.ends)
    assert case.ambiguous in (None, len(naive.ambiguous))
    assert list(case.fees) in ([], money_as_text((fill.fee for fill in naive.fills), market))
    assert list(case.moved) in ([], moved_as_text(account_records(market, naive), market))
    assert case.cash_left in (None, *money_as_text([naive.account.cash], market))


def test_every_case_has_its_own_title() -> None:
    titles = [case.identity for case in ALL]
    assert sorted(set(titles)) == sorted(titles)
