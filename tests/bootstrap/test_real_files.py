"""Real files of several exchanges, with outages, thin days and cut-off ones, imported as they lie: every hole that is
published is found, none is invented, and both kinds of store say the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.known_gaps import OHLCV, known_gaps
from tickwright.adapters.storage.files.identification import Wish
from tickwright.bootstrap.import_tree import import_tree
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import SeriesKey
from tickwright.domain.gaps import GapKind
from tickwright.domain.timestamp import parse_instant
from tickwright.ingest.consistency import compare_timeframes
from tickwright.ingest.outliers import doubts

GAPPY = "other/ALT-BTC_1m_gappy.parquet"
IN_DOUBT = {
    GAPPY: "nothing says which exchange it is from",
    "binance/BTC-USDT_1d_2020_second-source.parquet": (
        "it contradicts binance/BTC-USDT_1d.parquet about 2020-02-29T00:00:00Z"
    ),
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, dict[str, dict[str, object]]]:
    """The whole folder in a lake, and what became of each file."""
    project = Project(tmp_path_factory.mktemp("real"))
    rows = {str(row["file"]): row for row in import_tree(project, OHLCV, Wish())["files"]}
    (gappy,) = import_tree(project, OHLCV / GAPPY, Wish(exchange="unknown"))["files"]
    return project, {**rows, GAPPY: {**gappy, "doubt": rows[GAPPY]["reason"]}}


def series_of(project: Project, name: object) -> SeriesKey:
    return next(key for key in project.store.keys() if str(key) == name)  # noqa: SIM118


def test_what_is_imported_what_is_in_doubt_and_why(imported) -> None:
    _, rows = imported
    assert {name: row.get("doubt") or row["reason"] for name, row in rows.items() if name in IN_DOUBT} == IN_DOUBT
    others = {name: row["status"] for name, row in rows.items() if name not in IN_DOUBT}
    assert {name for name, status in others.items() if status != "imported"} == {"known_gaps.csv"}
    assert len(others) > 15
    assert rows["binance/XRP-ETH_trades_2019-10.parquet"]["series"] == "binance:XRP/ETH trades"


def test_every_published_hole_is_found_and_no_other(imported) -> None:
    project, rows = imported
    known, found = known_gaps(), 0
    for name, row in rows.items():
        if row["status"] != "imported" or "trades" in name:
            continue
        gaps = project.store.coverage(series_of(project, row["series"])).gaps
        assert [(gap.start_ns, gap.bars) for gap in gaps] == known.get(name, []), name
        assert {gap.kind for gap in gaps} <= {GapKind.UNKNOWN}
        found += len(gaps)
    assert found == sum(len(gaps) for name, gaps in known.items() if not name.startswith("bundled/"))


def test_hours_of_the_imported_files_add_up_to_their_days(imported) -> None:
    project, _ = imported
    for symbol in ("SOL", "XRP", "LINK"):
        fine, coarse = (series_of(project, f"binance:{symbol}/USDT candles {frame}") for frame in ("1h", "1d"))
        agreement = compare_timeframes(project.store.read(fine), project.store.read(coarse))
        assert (agreement.differences, agreement.compared > 1500) == ((), True)


def test_days_of_an_outage_are_kept_as_they_are_and_a_cut_off_day_has_its_hole(imported) -> None:
    project, _ = imported
    days = project.store.read(series_of(project, "bitstamp:BTC/USD candles 1d"))
    outage = days.between(parse_instant("2015-01-05"), parse_instant("2015-01-10"))
    assert len(outage) == 5
    assert outage.volume.tolist().count(0) == 3  # Bitstamp was closed; the days are there, without trades
    assert not doubts(days)
    minutes = project.store.coverage(series_of(project, "coinbase:BTC/USD candles 1m")).gaps
    cut = max(minutes, key=lambda gap: gap.bars)
    assert cut.bars > 60
    assert parse_instant("2018-04-04") < cut.start_ns < parse_instant("2018-04-05")


def test_a_database_says_of_the_same_files_what_the_lake_says(imported, tmp_path: Path, database) -> None:
    lake, _ = imported
    project = Project(tmp_path, store_url=database("real"))
    wish = Wish()
    for folder in ("coinbase", "bitstamp", "bitfinex"):
        import_tree(project, OHLCV / folder, wish)
    keys = list(project.store.keys())
    assert len(keys) == 6
    for key in keys:
        assert project.store.read(key).content_hash() == lake.store.read(key).content_hash()
        assert project.store.coverage(key) == lake.store.coverage(key)
