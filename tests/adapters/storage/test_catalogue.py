"""The instrument catalogue: dated rules, durable, shared between processes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tickwright.adapters.storage.catalogue import FileCatalogue
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.domain.instrument import Instrument, InstrumentId, TradingRules

SOL = InstrumentId.parse("binance:SOL/USDT")
COARSE = TradingRules(0, Decimal("0.01"), Decimal("0.001"), Decimal(5), Decimal("0.001"), Decimal(90000))


def sol(tick: str = "0.0001", **facts: object) -> Instrument:
    return replace(Instrument(SOL, (replace(COARSE, tick=Decimal(tick)),)), **facts)


def test_what_is_recorded_is_found_after_a_restart(tmp_path: Path) -> None:
    instrument = sol(maker_fee=Decimal("0.001"), taker_fee=Decimal("0.0015"), listed_ns=7, status="halted")
    assert FileCatalogue(tmp_path / "new").record([instrument], 100) == 1
    assert FileCatalogue(tmp_path / "new").find(SOL) == instrument
    assert FileCatalogue(tmp_path / "new").instruments("binance") == [instrument]


def test_a_changed_rule_becomes_a_new_dated_rule(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    catalogue.record([sol("0.0001")], 100)
    assert catalogue.record([sol("0.0001")], 200) == 0
    assert catalogue.record([sol("0.01")], 300) == 1
    known = catalogue.find(SOL)
    assert known is not None
    assert [(rule.valid_from_ns, rule.tick) for rule in known.rules] == [(0, Decimal("0.0001")), (300, Decimal("0.01"))]
    assert known.rules_at(299).tick == Decimal("0.0001")
    assert known.rules_at(300).tick == Decimal("0.01")


def test_facts_a_source_does_not_say_stay_known(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    catalogue.record([sol(listed_ns=5, taker_fee=Decimal("0.001"))], 100)
    assert catalogue.record([sol()], 200) == 0
    assert catalogue.record([sol(status="delisted", delisted_ns=190)], 200) == 1
    known = catalogue.find(SOL)
    assert known is not None
    assert (known.listed_ns, known.delisted_ns, known.taker_fee) == (5, 190, Decimal("0.001"))


def test_an_unknown_instrument_is_none(tmp_path: Path) -> None:
    assert FileCatalogue(tmp_path / "nothing").find(SOL) is None
    assert not (tmp_path / "nothing").exists()


def test_exchanges_do_not_touch_each_other(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    other = replace(sol(), id=InstrumentId.parse("bybit:SOL/USDT:USDT"))
    assert catalogue.record([sol(), other], 1) == 2
    assert catalogue.find(SOL) == sol()
    assert catalogue.find(other.id) == other


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [("{", StoreDamaged, "not readable"), ('{"format": 9, "instruments": []}', DataError, "format 9")],
)
def test_a_damaged_or_newer_catalogue_is_named(tmp_path: Path, content: str, error: type, sentence: str) -> None:
    (tmp_path / "binance.json").write_text(content)
    with pytest.raises(error, match=sentence):
        FileCatalogue(tmp_path).find(SOL)
