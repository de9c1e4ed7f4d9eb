"""Which series a file holds: what agrees is taken and told, what contradicts or is missing is in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.adapters.storage.files.identification import Wish, identified
from tickwright.adapters.storage.files.text_table import read_text_table
from tickwright.domain.errors import DataError, FileInDoubt
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

PLAIN = "timestamp,open,high,low,close,volume\n"
HOURS = "".join(f"{1704067200 + 3600 * hour},10,11,9,10,1\n" for hour in (0, 1, 2, 4))
JESSE = "id,timestamp,open,close,high,low,volume,exchange,symbol,timeframe\n"
ARCHIVE = "".join(f"{1704067200000 + 3600000 * hour},10,11,9,10,1,{1704070799999},1,1,1,1,0\n" for hour in (0, 1))


def found(folder: Path, name: str, content: str, **wish: object) -> list[tuple[str, str]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    said = identified(read_text_table(path), path.relative_to(folder), Wish(**wish))  # type: ignore[arg-type]
    return [(str(one.key), one.reading) for one in said]


def test_name_and_folder_together_say_which_series_it_is(tmp_path: Path) -> None:
    assert found(tmp_path, "kraken/BTC-USD_1h.csv", PLAIN + HOURS) == [
        ("kraken:BTC/USD candles 1h", "exchange by the folder kraken, symbol and timeframe by its name")
    ]


def test_the_nearest_folder_speaks(tmp_path: Path) -> None:
    ((series, _),) = found(tmp_path, "kraken/copies/binance/BTC-USD_1h.csv", PLAIN + HOURS)
    assert series == "binance:BTC/USD candles 1h"


def test_without_a_name_for_it_the_bar_length_is_the_even_step_of_the_rows(tmp_path: Path) -> None:
    ((series, reading),) = found(tmp_path, "kraken/BTC-USD.csv", PLAIN + HOURS)
    assert series == "kraken:BTC/USD candles 1h"
    assert "timeframe by the step of its rows" in reading
    uneven = PLAIN + HOURS + "1704085260,10,11,9,10,1\n"
    with pytest.raises(FileInDoubt, match="nothing says how long its candles are"):
        found(tmp_path, "kraken/BTC-USD.csv", uneven)
    with pytest.raises(FileInDoubt, match="nothing says how long its candles are"):
        found(tmp_path, "kraken/BTC-USD.csv", PLAIN + HOURS.splitlines()[0])


def test_flags_win_over_names_and_never_over_rows(tmp_path: Path) -> None:
    eth = InstrumentId.parse("okx:ETH/USDT:USDT")
    ((series, reading),) = found(tmp_path, "kraken/BTC-USD_1h.csv", PLAIN + HOURS, exchange="okx", symbol=eth)
    assert (series, reading) == ("okx:ETH/USDT:USDT candles 1h", "timeframe by its name")
    rows = JESSE + "".join(f"a{n},{1704067200000 + n},1,1,1,1,1,Bybit USDT Perpetual,ETH-USDT,1m\n" for n in (0, 60000))
    ((series, _),) = found(tmp_path, "x.csv", rows)
    assert series == "bybit:ETH/USDT:USDT candles 1m"
    with pytest.raises(FileInDoubt, match="--exchange says okx, its rows says bybit"):
        found(tmp_path, "x.csv", rows, exchange="okx")
    with pytest.raises(FileInDoubt, match="--timeframe says 1h, its rows says 1m"):
        found(tmp_path, "x.csv", rows, timeframe=Timeframe.parse("1h"))


def test_the_exchange_of_the_settings_counts_only_where_the_file_is_silent(tmp_path: Path) -> None:
    eth = InstrumentId.parse("ETH/USDT", exchange="binance")
    ((series, _),) = found(tmp_path, "kraken/hours.csv", PLAIN + HOURS, symbol=eth)
    assert series == "kraken:ETH/USDT candles 1h"
    ((series, reading),) = found(tmp_path, "hours.csv", PLAIN + HOURS, symbol=eth)
    assert series == "binance:ETH/USDT candles 1h"
    assert "exchange by the settings" in reading


def test_a_table_may_hold_several_series_and_each_is_a_part(tmp_path: Path) -> None:
    rows = [(symbol, 1704067200000 + minute) for minute in (0, 60000) for symbol in ("BTC-USDT", "ETH-USDT")]
    table = JESSE + "".join(f"{n},{time},1,1,1,1,1,Binance Spot,{symbol},1m\n" for n, (symbol, time) in enumerate(rows))
    assert [series for series, _ in found(tmp_path, "candles.csv", table)] == [
        "binance:BTC/USDT candles 1m",
        "binance:ETH/USDT candles 1m",
    ]
    with pytest.raises(FileInDoubt, match="the rows are of 2 series and one symbol is named"):
        found(tmp_path, "candles.csv", table, symbol=InstrumentId.parse("binance:BTC/USDT"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("hours.csv", PLAIN + HOURS, "nothing says which exchange it is from.*--exchange"),
        ("kraken/hours.csv", PLAIN + HOURS, "nothing says which symbol it is.*--symbol"),
        ("kraken/binance_BTC-USD_1h.csv", PLAIN + HOURS, "its name says binance, the folder kraken says kraken"),
        ("kraken/15m/BTC-USD_1h.csv", PLAIN + HOURS, "its name says 1h, the folder 15m says 15m"),
        ("BTCUSDT-1h-2024-01.csv", ARCHIVE, "nothing says whether it is spot or perpetual.*--market spot"),
        ("Kraken_BTCTUSD_1h.csv", PLAIN + HOURS, "BTCTUSD may be BTC/TUSD or BTCT/USD"),
        ("Kraken_FOOBAR_1h.csv", PLAIN + HOURS, "FOOBAR may be no pair that is known"),
    ],
)
def test_what_is_missing_or_contradicts_is_in_doubt(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    with pytest.raises(FileInDoubt, match=sentence):
        found(tmp_path, name, content)


def test_an_archive_s_market_is_said_by_folder_or_flag(tmp_path: Path) -> None:
    ((spot, _),) = found(tmp_path, "spot/monthly/BTCUSDT-1h-2024-01.csv", ARCHIVE)
    ((perpetual, _),) = found(tmp_path, "BTCUSDT-1h-2024-01.csv", ARCHIVE, market="perpetual")
    assert (spot, perpetual) == ("binance:BTC/USDT candles 1h", "binance:BTC/USDT:USDT candles 1h")


def test_rows_and_name_about_different_symbols_are_in_doubt(tmp_path: Path) -> None:
    table = "unix,symbol,open,high,low,close,Volume BTC,Volume USD\n1704067200,BTC/USD,1,1,1,1,1,1\n"
    with pytest.raises(FileInDoubt, match="by its name it is about ETHUSD; expected BTC/USD"):
        found(tmp_path, "Kraken_ETHUSD_1h.csv", table)


def test_a_table_of_something_else_is_no_candles_before_anything_is_asked_of_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the columns open, high, low, close, volume missing") as failure:
        found(tmp_path, "words.csv", "timestamp,words\n1704067200,none\n")
    assert not isinstance(failure.value, FileInDoubt)


TARDIS = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
TICKER = (
    "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,"
    "last_price,index_price,mark_price\n"
)
QUOTES = "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n"


@pytest.mark.parametrize(
    ("content", "series"),
    [
        (TARDIS + "binance,BTCUSDT,1704067200000000,1704067200000100,7,buy,1,1\n", "binance:BTC/USDT trades"),
        (
            TARDIS + "binance-futures,BTCUSDT,1704067200000000,1704067200000100,7,buy,1,1\n",
            "binance:BTC/USDT:USDT trades",
        ),
        (TARDIS + "okex-swap,BTC-USDT-SWAP,1704067200000000,1,7,buy,1,1\n", "okx:BTC/USDT:USDT trades"),
        (TARDIS + "coinbase,BTC-USD,1704067200000000,1704067200000100,7,sell,1,1\n", "coinbase:BTC/USD trades"),
        (QUOTES + "binance,BTCUSDT,1704067200000000,1704067200000100,1,2,1,1\n", "binance:BTC/USDT quotes"),
        (TICKER + "binance-futures,BTCUSDT,1704067200000000,1,1704067200000000,0.0001,,,1,1,1\n",
         "binance:BTC/USDT:USDT funding"),
    ],
)  # fmt: skip
def test_tardis_files_tell_exchange_symbol_and_kind(tmp_path: Path, content: str, series: str) -> None:
    assert [key for key, _ in found(tmp_path, "any.csv", content)] == [series]


def test_an_exchange_that_tardis_has_one_name_for_leaves_the_market_open(tmp_path: Path) -> None:
    """At Tardis `bybit` means its derivatives and `bybit-spot` its spot market; `BTCUSDT` is a symbol of both."""
    content = TARDIS + "bybit,BTCUSDT,1704067200000000,1704067200000100,7,buy,1,1\n"
    with pytest.raises(FileInDoubt, match="nothing says whether it is spot or perpetual"):
        found(tmp_path, "any.csv", content)
    ((series, _),) = found(tmp_path, "any.csv", content, market="perpetual")
    assert series == "bybit:BTC/USDT:USDT trades"
