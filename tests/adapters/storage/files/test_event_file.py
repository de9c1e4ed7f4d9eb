"""Files of trades, quotes, funding rates and books in the forms people have them."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tickwright.adapters.storage.files.event_file import read_event_file
from tickwright.adapters.storage.files.export import export_series
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import SeriesKey, SeriesKind
from tickwright.domain.errors import DataError, RowsRefused
from tickwright.domain.events import Events, event_key, exact_text
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import EVENT_KINDS

BTC = InstrumentId.parse("binance:BTC/USDT:USDT")
TRADES, FUNDING = event_key(BTC, "trades"), event_key(BTC, "funding")

AGGREGATES = """26129,0.01633102,4.70443515,27781,27781,1498793709153,true,true
26130,0.01633103,1.5,27782,27790,1498793709153,false,true
"""
BINANCE_FILES = {
    "spot aggregates without a header": AGGREGATES,
    "futures aggregates": "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n"
    + AGGREGATES.replace(",true\n", "\n"),
    "futures aggregates without a header": AGGREGATES.replace(",true\n", "\n"),
    "spot trades without a header": """26129,0.01633102,4.70443515,0.07,1498793709153,True,True
26130,0.01633103,1.5,0.02,1498793709153,False,True
""",
    "futures trades": """id,price,qty,quote_qty,time,is_buyer_maker
26129,0.01633102,4.70443515,0.07,1498793709153,true
26130,0.01633103,1.5,0.02,1498793709153,false
""",
    "spot trades of 2025 in microseconds": """26129,0.01633102,4.70443515,0.07,1498793709153000,True,True
26130,0.01633103,1.5,0.02,1498793709153000,False,True
""",
    "plain": """timestamp,id,side,price,amount
2017-06-30T03:35:09.153Z,26130,buy,0.01633103,1.5
2017-06-30T03:35:09.153Z,26129,SELL,0.01633102,4.70443515
""",
}


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def values(events: Events) -> list[list[str]]:
    return [[exact_text(events, name, row) for name in events.layout.columns] for row in range(len(events))]


@pytest.mark.parametrize("form", BINANCE_FILES)
def test_every_form_of_trades_gives_the_same_trades(form: str, tmp_path: Path) -> None:
    found = read_event_file(written(tmp_path / "trades.csv", BINANCE_FILES[form]), TRADES)
    assert values(found.events) == [
        ["2017-06-30T03:35:09.153Z", "26129", "0.01633102", "4.70443515", "0"],
        ["2017-06-30T03:35:09.153Z", "26130", "0.01633103", "1.5", "1"],
    ]
    assert (found.rows_read, found.refused) == (2, ())


def test_an_archive_is_read_as_it_was_downloaded(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-aggTrades-2017-06-30.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("BTCUSDT-aggTrades-2017-06-30.csv", AGGREGATES)
    assert len(read_event_file(path, TRADES).events) == 2


def test_funding_rates_keep_their_nominal_time_whoever_wrote_them(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.csv", "timestamp,funding_rate\n1638144000002,0.0001\n1638172800017,-0.00021933\n")
    archive = written(
        tmp_path / "b.csv",
        "calc_time,funding_interval_hours,last_funding_rate\n1638144000000,8,0.00010000\n1638172800000,8,-0.00021933\n",
    )
    frame = pa.table(
        {
            "date": pa.array([1638144000000, 1638172800000], pa.timestamp("ms", "UTC")),
            "open": [0.0001, -0.00021933],
            **{name: [0.0, 0.0] for name in ("high", "low", "close", "volume")},
        }
    )
    pq.write_table(frame, tmp_path / "c.parquet")
    expected = [["2021-11-29T00:00:00Z", "0.0001", "0"], ["2021-11-29T08:00:00Z", "-0.00021933", "0"]]
    for path in (plain, archive, tmp_path / "c.parquet"):
        assert values(read_event_file(path, FUNDING).events) == expected


def test_a_rate_printed_from_a_float_is_read_at_the_digits_a_float_can_promise(tmp_path: Path) -> None:
    text = "timestamp,rate,mark\n1638144000000,-0.0021933400000000002,57000.1\n1638172800000,0.0001000000000000000,0\n"
    found = read_event_file(written(tmp_path / "a.csv", text), FUNDING)
    assert [row[1:] for row in values(found.events)] == [["-0.00219334", "57000.1"], ["0.0001", "0"]]
    assert any(note.startswith("1 rates carry binary noise") for note in found.notes)


def test_a_rate_published_long_after_its_minute_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "timestamp,rate\n1638144000002,0.0001\n1638172801500,0.0001\n")
    with pytest.raises(RowsRefused, match=r"line 3: 2021-11-29T08:00:01.5Z is not a whole minute"):
        read_event_file(path, FUNDING)
    found = read_event_file(path, FUNDING, skip_refused=True)
    assert (len(found.events), [row.place for row in found.refused]) == (1, ["line 3"])


BAD_TRADES = """timestamp,id,side,price,amount
1700000000000,1,buy,100,1
1700000001000,2,buy,-5,1
1700000002000,3,hold,100,1
1700000003000,4,sell,100,x
1700000004000,5,sell,100,1
1700000004000,5,sell,101,1
1700000005000,6.5,sell,100,1
yesterday,7,sell,100,1
1800000000000,8,sell,100,1
1700000009000,9,sell,100,1
1700000009000,9,sell,100,1
1700000010000,10,sell,100,1
"""


def test_every_bad_row_is_named_by_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    found = read_event_file(written(tmp_path / "bad.csv", BAD_TRADES), TRADES, skip_refused=True)
    assert found.events["trade_id"].tolist() == [1, 9, 10]
    told = {row.place: row.reason for row in found.refused}
    assert list(told) == [f"line {line}" for line in (3, 4, 5, 6, 7, 8, 9, 10, 12)]
    assert told["line 3"] == "the price -5 is not above zero"
    assert told["line 4"] == "the taker buys is 'hold'"
    assert told["line 5"] == "the quantity 'x' is not a number"
    assert told["line 6"] == told["line 7"] == "another row says something else of the same trade"
    assert told["line 8"] == "the trade id is no whole number"
    assert "yesterday" in told["line 9"]
    assert told["line 10"].startswith("the id 8 does not fit its time")
    assert told["line 12"] == "it repeats another row"


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (
            "trades",
            "timestamp,price,amount\n1,2,3\n",
            "no trades can be read from these columns: timestamp,",
        ),
        ("trades", "timestamp,price,amount\n1,2,3\n", "expected also trade_id, quantity, side"),
        ("funding", "timestamp,id,side,price,amount\n1,2,buy,3,4\n", "expected also rate"),
        ("quotes", "timestamp,bid,ask\n1,2,3\n", "expected also bid_quantity, ask_quantity"),
        ("book", "timestamp,bid,ask\n1,2,3\n", "expected also update_id, side, price, quantity, snapshot"),
        ("funding", "timestamp,rate\n", "the file has a header and no rows"),
    ],
)
def test_a_file_of_something_else_is_refused_with_what_is_missing(
    kind: SeriesKind, text: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as failure:
        read_event_file(written(tmp_path / "x.csv", text), SeriesKey(BTC, None, kind))
    assert sentence in str(failure.value)


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.parquet"])
@pytest.mark.parametrize("kind", EVENT_KINDS)
@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_an_export_comes_back_without_a_lost_digit(kind: SeriesKind, name: str, unit: int, tmp_path: Path) -> None:
    events = example_events(kind, 0, 30)
    if kind != "funding":
        events = Events(events.key, {**events.columns, "ts_ns": events.ts_ns + 7 * unit}, 2, 6)
    export_series(events, tmp_path / name)
    back = read_event_file(tmp_path / name, events.key)
    assert back.events.content_hash() == events.content_hash()


def test_words_stand_for_sides_in_an_export(tmp_path: Path) -> None:
    export_series(example_events("trades", 0, 2), tmp_path / "t.csv.gz")
    assert gzip.decompress((tmp_path / "t.csv.gz").read_bytes()).decode().splitlines() == [
        "timestamp,trade_id,price,quantity,side",
        "1704038400000,7000,42000.00,0.001000,sell",
        "1704038430000,7001,42000.37,0.001001,buy",
    ]
    export_series(example_events("funding", 40, 42), tmp_path / "f.csv")
    assert (tmp_path / "f.csv").read_text().splitlines()[1:] == [
        "1705190400000,-0.000180,42000.40",
        "1705219200000,-0.000187,42000.41",
    ]
