"""The instrument catalogue: dated rules, durable, shared between processes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from tickwright.adapters.storage.catalogue import FileCatalogue
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import maintenance_tiers

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


def test_one_that_was_delisted_and_trades_again_has_a_pause(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    catalogue.record([sol(listed_ns=5)], 100)
    catalogue.record([sol(status="delisted", delisted_ns=190)], 200)
    assert catalogue.record([sol(status="halted")], 250) == 1
    assert catalogue.find(SOL).delisted_ns == 190  # type: ignore[union-attr] - halted is not yet listed again
    catalogue.record([sol(listed_ns=300)], 300)
    known = catalogue.find(SOL)
    assert known is not None
    assert (known.listed_ns, known.delisted_ns, known.pauses, known.status) == (5, None, ((190, 300),), "trading")
    assert [span[:2] for span in known.unlisted()][1:] == [(190, 300)]
    assert catalogue.record([sol()], 400) == 0


def test_what_is_kept_replaces_and_former_names_outlive_what_the_exchange_says(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    noted = sol(formerly=(FormerName(150, InstrumentId.parse("binance:OLD/USDT")),), pauses=((20, 30),), listed_ns=9)
    catalogue.keep(noted)
    assert FileCatalogue(tmp_path).find(SOL) == noted
    catalogue.record([sol("0.01", listed_ns=12)], 200)
    known = catalogue.find(SOL)
    assert known is not None
    assert (known.formerly, known.pauses, known.listed_ns) == (noted.formerly, ((20, 30),), 9)
    catalogue.keep(noted)
    assert catalogue.find(SOL) == noted


def test_margin_tiers_are_kept_and_outlive_a_source_that_does_not_say_them(tmp_path: Path) -> None:
    tiers = maintenance_tiers([(0, "0.004"), (50_000, "0.005")])
    instrument = sol(tiers=tiers, liquidation_fee=Decimal("0.0125"), keeps_leftover=True)
    FileCatalogue(tmp_path).keep(instrument)
    assert FileCatalogue(tmp_path).find(SOL) == instrument
    assert FileCatalogue(tmp_path).record([sol()], 100) == 0


def test_a_file_of_the_first_format_is_read(tmp_path: Path) -> None:
    catalogue = FileCatalogue(tmp_path)
    catalogue.keep(sol(listed_ns=7))
    path = tmp_path / "binance.json"
    document = orjson.loads(path.read_bytes())
    for entry in document["instruments"]:
        for later in ("tiers", "liquidation_fee", "keeps_leftover", "pauses", "formerly"):
            del entry[later]
    path.write_bytes(orjson.dumps({**document, "format": 1}))
    assert catalogue.find(SOL) == sol(listed_ns=7)


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
