"""What a person notes of an instrument: kept with its dates, refused where they cannot be, and used at once."""

from __future__ import annotations

import pytest

from tickwright.bootstrap.instruments import InstrumentNote, known_instrument, note_instrument
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.gaps import GapKind
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso

BTC = InstrumentId("binance", "BTC", "USDT")


def test_a_life_is_noted_fact_by_fact(project: Project) -> None:
    note_instrument(project, BTC, InstrumentNote(tick="0.01", lot="0.001", listed="2017-08-17"))
    note_instrument(project, BTC, InstrumentNote(delisted="2019-01-01", relisted="2019-06-01"))
    note_instrument(project, BTC, InstrumentNote(formerly="XBT/USDT", renamed="2018-03-01"))
    note_instrument(project, BTC, InstrumentNote(tick="0.1", since="2021-01-01"))
    note_instrument(project, BTC, InstrumentNote(delisted="2024-02-01"))
    assert known_instrument(project, BTC) == {
        "instrument": "binance:BTC/USDT",
        "kind": "spot",
        "status": "delisted",
        "listed": "2017-08-17T00:00:00Z",
        "delisted": "2024-02-01T00:00:00Z",
        "pauses": [{"delisted": "2019-01-01T00:00:00Z", "listed": "2019-06-01T00:00:00Z"}],
        "formerly": [{"name": "binance:XBT/USDT", "until": "2018-03-01T00:00:00Z"}],
        "rules": [
            {"since": "1970-01-01T00:00:00Z", "tick": "0.01", "lot": "0.001", "min_notional": "0"},
            {"since": "2021-01-01T00:00:00Z", "tick": "0.1", "lot": "0.001", "min_notional": "0"},
        ],
        "source": "noted",
    }


def test_a_rule_of_the_same_day_is_replaced(project: Project) -> None:
    note_instrument(project, BTC, InstrumentNote(tick="0.01"))
    note_instrument(project, BTC, InstrumentNote(tick="0.1", since="2021-01-01"))
    again = note_instrument(project, BTC, InstrumentNote(tick="0.2", min_notional="5", since="2021-01-01"))
    assert [(rule["tick"], rule["min_notional"]) for rule in again["rules"]] == [("0.01", "0"), ("0.2", "5")]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"listed": "2020-01-01"}, "nothing is known of binance:BTC/USDT, and the note says no tick"),
        ({"tick": "0"}, "'0' is no step or amount"),
        ({"tick": "NaN"}, "'NaN' is no step or amount"),
        ({"tick": "1", "relisted": "2020-01-01"}, "it was never delisted"),
        ({"tick": "1", "formerly": "XBT/USDT"}, "a renaming is a name and a day"),
        ({"tick": "1", "listed": "2020-01-02", "delisted": "2020-01-01"}, "the dates run backwards"),
        ({"tick": "1", "delisted": "2020-01-01", "relisted": "2020-01-01"}, "the dates run backwards"),
        ({"tick": "1", "delisted": "soon"}, "'soon' is not a date"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(project: Project, facts: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        note_instrument(project, BTC, InstrumentNote(**facts))
    with pytest.raises(DataMissing, match="nothing is known of binance:BTC/USDT"):
        known_instrument(project, BTC)


def test_a_noted_pause_explains_the_hole_it_made(project: Project) -> None:
    key = SeriesKey(BTC, Timeframe.parse("1h"))
    gap = max(project.store.coverage(key).gaps, key=lambda gap: gap.bars)
    assert gap.kind is GapKind.UNKNOWN
    pause = InstrumentNote(tick="0.01", delisted=iso(gap.start_ns), relisted=iso(gap.end_ns))
    note_instrument(project, BTC, pause)
    (again,) = [one for one in project.store.coverage(key).gaps if one.start_ns == gap.start_ns]
    assert again.kind is GapKind.NOT_LISTED
