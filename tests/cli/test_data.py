"""Market data from the command line: import, export, list, gaps, verify, and what fetch refuses."""

from __future__ import annotations

import json
import time
import zipfile

import pytest

from tickwright.adapters.sandbox.process import SandboxOptions, SandboxProcess
from tickwright.domain.timestamp import DAY, parse_instant

SERIES = ["--exchange", "x", "--symbol", "BTC/USDT", "--timeframe", "1h"]
HOURS = """timestamp,open,high,low,close,volume
2024-01-01T00:00:00Z,1,2,0.5,1.5,10
2024-01-01T01:00:00Z,1.5,2,1,1.2,5
2024-01-01T03:00:00Z,1.2,2,1,1.9,5
"""


@pytest.fixture
def hours(project):
    (project / "hours.csv").write_text(HOURS)
    return project / "hours.csv"


def test_an_import_counts_its_rows_and_names_its_gaps(tickwright, hours) -> None:
    first = tickwright("data", "import", hours, *SERIES, "--json").document
    again = tickwright("data", "import", hours, *SERIES, "--json").document
    assert (first["rows_read"], first["inserted"], first["revised"], first["unchanged"]) == (3, 3, 0, 0)
    assert (again["rows_read"], again["inserted"], again["revised"], again["unchanged"]) == (3, 0, 0, 3)
    assert [(gap["start"], gap["bars"]) for gap in first["gaps"]] == [("2024-01-01T02:00:00Z", 1)]


def test_a_corrected_row_is_a_revision(tickwright, hours) -> None:
    tickwright("data", "import", hours, *SERIES)
    hours.write_text(HOURS.replace("1.9,5", "1.8,5"))
    assert tickwright("data", "import", hours, *SERIES, "--json").document["revised"] == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        ("<html></html>", "HTML"),
        ("timestamp,open,high,low,close\n2024-01-01,1,1,1,1\n", "volume"),
        (HOURS + "2024-01-01T04:00:00Z,1,2,nan,1,1\n", "ROWS_REFUSED"),
        (HOURS + "2024-01-01T04:00:00Z,1,0.5,2,1,1\n", "ROWS_REFUSED"),
        (HOURS + "2024-01-01T04:00:00Z,-1,2,-1,1,1\n", "ROWS_REFUSED"),
        (HOURS + "2024-01-01T04:30:00Z,1,2,1,1,1\n", "ROWS_REFUSED"),
        (HOURS + "2024-01-01T03:00:00Z,1,2,1,1,1\n", "ROWS_REFUSED"),
    ],
)
def test_a_file_that_is_not_candles_is_refused_and_nothing_is_stored(tickwright, project, content, sentence) -> None:
    (project / "bad.csv").write_text(content)
    outcome = tickwright("data", "import", project / "bad.csv", *SERIES)
    assert (outcome.code, outcome.out) == (4, "")
    assert sentence in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert tickwright("data", "ls", "--json").document["series"] == []


def test_quality_judges_each_series_and_quarantine_tells_what_was_not_believed(tickwright, hours) -> None:
    tickwright("data", "import", hours, *SERIES)
    (judged,) = tickwright("data", "quality", *SERIES[:4], "--json").document["series"]
    assert (judged["rows"], judged["missing"], judged["quarantined"]) == (3, {"unknown": 1}, 0)
    assert judged["score"] == pytest.approx(3 / 4 * 1 / 2)  # three of four bars, and nobody knows why one is missing
    hours.write_text(HOURS + "2024-01-01T04:00:00Z,1,0.5,2,1,1\n")
    tickwright("data", "import", hours, *SERIES, "--skip-bad-rows")
    (row,) = tickwright("data", "quarantine", *SERIES[:4], "--json").document["rows"]
    assert row["source"] == "imported from hours.csv"
    assert "high" in row["reason"]
    assert "1 rows are in quarantine" in tickwright("data", "quarantine", *SERIES[:4]).out


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_what_is_exported_can_be_imported_again_unchanged(tickwright, hours, project, ending) -> None:
    tickwright("data", "import", hours, *SERIES)
    out = project / f"out.{ending}"
    assert tickwright("data", "export", *SERIES, "--out", out, "--json").document["rows"] == 3
    assert tickwright("data", "import", out, *SERIES, "--json").document["unchanged"] == 3


def test_series_are_listed_and_gaps_shown(tickwright, market) -> None:
    rows = tickwright("data", "ls", "--json").document["series"]
    assert [(row["symbol"], row["rows"], row["missing_bars"]) for row in rows] == [
        ("BTC/USDT", 1434, 6),
        ("ETH/USDT", 1434, 6),
    ]
    gaps = tickwright("data", "gaps", "--symbol", "BTC/USDT", "--json").document["gaps"]
    assert sum(gap["bars"] for gap in gaps) == 6
    assert "the exchange was asked and has none" in tickwright("data", "gaps").out


def test_an_empty_store_says_how_to_fill_it(tickwright, project) -> None:
    assert "`tickwright data fetch --symbol BTC/USDT` fetches one" in tickwright("data", "ls").out


def test_a_sound_store_is_as_promised_and_a_damaged_one_exits_with_1(tickwright, market) -> None:
    assert tickwright("data", "verify").out == "2 series, 2,868 rows: all as promised\n"
    damaged = next((market / "data").rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    outcome = tickwright("data", "verify", "--json")
    assert outcome.code == 1
    assert len(outcome.document["findings"]) == 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["import"], 2, "missing argument 'FILE'"),
        (["import", "missing.csv", *SERIES], 4, "missing.csv: the file cannot be read"),
        (["import", "hours.csv"], 4, "nothing says which exchange it is from"),
        (["import", "hours.csv", "--exchange", "x"], 4, "nothing says which symbol it is"),
        (["import", "hours.csv", "--market", "margin"], 2, "--market: 'margin' is not a market"),
        (["export", *SERIES], 2, "missing option '--out'"),
        (["export", *SERIES, "--out", "x.csv"], 4, "no x:BTC/USDT candles 1h are stored"),
        (["ls", "--store", "mysql://x"], 3, "store: 'mysql' is not a kind of store"),
        (["gaps", "--symbol", "SOL/USDT"], 4, "no series of binance:SOL/USDT is stored"),
        (["fetch"], 2, "--symbol: no symbol is named"),
        (["fetch", "--symbol", "a:BTC/USDT", "--symbol", "b:BTC/USDT", "--url", "http://x"], 2, "--url"),
        (["fetch", "--symbol", "BTC"], 2, "--symbol: 'BTC' is not an instrument"),
        (["fetch", "--symbol", "BTC/USDT", "--timeframe", "5x"], 2, "--timeframe: '5x' is not a timeframe"),
        (["fetch", "--for", "SmaCros"], 2, "Did you mean SmaCross?"),
        (["download"], 2, "Did you mean `tickwright data fetch`?"),
        (["holes"], 2, "Did you mean `tickwright data gaps`?"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tickwright, hours, words, code, sentence) -> None:
    outcome = tickwright("data", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_folder_is_imported_with_one_summary(tickwright, project) -> None:
    folder = project / "kraken"
    (folder / "old").mkdir(parents=True)
    (folder / "BTC-USD_1h.csv").write_text(HOURS)
    (folder / "old" / "ETH-USD_1h.csv").write_text(HOURS + "2024-01-01T04:00:00Z,1,2,nan,1,1\n")
    (folder / "old" / "hours.csv").write_text(HOURS)
    (folder / "README.txt.md").write_text("words")
    shown = tickwright("data", "import", folder, "--dry-run")
    assert (shown.code, "1 readable, 1 refused, 1 in doubt; 1 other files passed over" in shown.out) == (1, True)
    assert "BTC-USD_1h.csv: exchange by the folder kraken, symbol and timeframe by its name; plain columns" in shown.out
    assert tickwright("data", "ls", "--json").document["series"] == []
    outcome = tickwright("data", "import", folder, "--json")
    rows = {row["file"]: row for row in outcome.document["files"]}
    assert outcome.code == 1
    assert [row["status"] for row in rows.values()] == ["imported", "refused", "in doubt"]
    assert rows["BTC-USD_1h.csv"]["inserted"] == 3
    assert "line 5: the low nan is not a finite number" in rows["old/ETH-USD_1h.csv"]["reason"]
    assert "which symbol" in rows["old/hours.csv"]["reason"]
    again = tickwright("data", "import", folder, "--skip-bad-rows")
    assert (again.code, "2 imported, 1 in doubt" in again.out) == (1, True)
    assert len(tickwright("data", "ls", "--json").document["series"]) == 2


def test_what_a_file_says_of_itself_needs_no_flags(tickwright, project) -> None:
    (project / "kraken").mkdir()
    (project / "kraken" / "BTC-USD.csv").write_text(HOURS)
    told = tickwright("data", "import", "kraken/BTC-USD.csv")
    assert (told.code, "kraken:BTC/USD candles 1h" in told.out) == (0, True)
    assert "symbol by its name" in told.out


def test_a_refusal_lists_every_row_for_a_program(tickwright, project) -> None:
    (project / "bad.csv").write_text(HOURS + "2024-01-01T04:00:00Z,1,2,nan,1,1\n")
    outcome = tickwright("data", "import", project / "bad.csv", *SERIES, "--skip-bad-rows", "--json")
    assert outcome.code == 0
    assert outcome.document["inserted"] == 3
    assert len(outcome.document["refused"]) == 1
    assert json.dumps(outcome.document["refused"][0])


def test_a_fetch_of_several_series_says_how_each_ended(tickwright, project, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    words = ["data", "fetch", "--symbol", "BTC/USDT", "--symbol", "BTC/USDD", "--timeframe", "1h,4h", "--last", "2d"]
    with SandboxProcess(SandboxOptions(now="2024-06-01T12:30:00Z")) as exchange:
        outcome = tickwright(*words, "--end", "2024-06-01", "--url", exchange.url, "--json")
        shown = tickwright(*words, "--end", "2024-06-01", "--url", exchange.url)
    rows = outcome.document["series"]
    assert outcome.code == shown.code == 5
    assert [(row["series"], row["inserted"]) for row in rows] == [
        ("binance:BTC/USDD candles 1h", None), ("binance:BTC/USDT candles 1h", 36),
        ("binance:BTC/USDD candles 4h", None), ("binance:BTC/USDT candles 4h", 9),
    ]  # fmt: skip
    assert [row["error"] and row["error"]["code"] for row in rows] == ["EXCHANGE_UNKNOWN_SYMBOL", None] * 2
    assert "failed: binance:BTC/USDD candles 1h: --symbol: binance does not list BTC/USDD" in shown.out
    assert "2 of 4 series fetched; type it again for the others" in shown.out


def test_runs_read_what_was_archived_and_it_comes_back(tickwright, market) -> None:
    run = ["backtest", "SmaCross", "--symbol", "BTC/USDT", "--timeframe", "1h", "--json"]
    before, held = tickwright(*run).document, tickwright("data", "ls", "--json").document["series"]
    days = (time.time_ns() - parse_instant("2020-02-01")) // DAY
    retention = f'[retention]\narchive = "old"\nkeep = {{ 1h = "{days}d" }}\n'
    (market / "tickwright.toml").write_text(f"version = 1\n{retention}")
    moved = tickwright("data", "archive", "--carry-out", "--json").document["series"]
    assert [row["rows"] > 600 for row in moved] == [True, True]
    after, listed = tickwright(*run).document, tickwright("data", "ls", "--json").document["series"]
    assert after["digest"] == before["digest"]
    assert after["data"] == before["data"]
    assert [row["archived"] for row in listed] == [row["rows"] for row in moved]
    assert [{**row, "archived": 0} for row in listed] == held
    assert "archived" in tickwright("data", "ls").out
    whole = [
        "--symbol",
        "BTC/USDT",
        "--timeframe",
        "1h",
        "--start",
        "2020-01-01",
        "--out",
        market / "all.csv",
        "--json",
    ]
    assert tickwright("data", "export", *whole).document["rows"] == held[0]["rows"]
    assert "2 series, 2,868 rows: all as promised" in tickwright("data", "verify", "--deep").out
    back = tickwright("data", "unarchive", "--symbol", "BTC/USDT", "--json").document
    assert back["series"] == [{"series": "binance:BTC/USDT candles 1h", "rows": moved[0]["rows"]}]
    (market / "tickwright.toml").write_text("version = 1\n")
    assert tickwright(*run).document["digest"] == before["digest"]
    eth = tickwright("data", "ls", "--json").document["series"][1]
    assert eth["rows"] == held[1]["rows"] - moved[1]["rows"]
    assert tickwright("data", "unarchive").code == 3


def test_an_archive_that_is_gone_is_noticed_and_not_read_as_an_empty_one(tickwright, hours, project) -> None:
    tickwright("data", "import", hours, *SERIES)
    (project / "tickwright.toml").write_text('version = 1\n[retention]\narchive = "old"\nkeep = { 1h = "30d" }\n')
    assert tickwright("data", "ls").code == 0  # nothing was archived yet, so nothing is missing
    tickwright("data", "archive", "--carry-out")
    (project / "old").rename(project / "gone")
    for words in (["data", "ls"], ["data", "gaps"], ["backtest", "SmaCross", "--symbol", "x:BTC/USDT"]):
        refused = tickwright(*words)
        assert (refused.code, "the archive lacks x:BTC/USDT candles 1h" in refused.err) == (4, True)
    assert "the archive lacks" in tickwright("doctor").out
    (project / "gone").rename(project / "old")
    assert tickwright("data", "ls", "--json").document["series"][0]["archived"] == 3
    (project / "data" / "archived.json").write_text("{")
    assert "the record of archives is not readable" in tickwright("data", "ls").err


def test_what_is_known_of_an_instrument_is_shown_and_noted(tickwright, project) -> None:
    words = ["data", "instrument", "SOL/USDT"]
    assert tickwright(*words).code == 4
    assert tickwright(*words, "--tick", "0.0001", "--listed", "2020-08-11").code == 0
    noted = tickwright(*words, "--tick", "0.01", "--since", "2021-09-01", "--json").document
    assert [rule["tick"] for rule in noted["rules"]] == ["0.0001", "0.01"]
    shown = tickwright(*words, "--formerly", "OLD/USDT", "--renamed", "2020-09-01").out
    assert "binance:OLD/USDT until 2020-09-01T00:00:00Z" in shown
    assert tickwright(*words, "--delisted", "2020-01-01").code == 2


def test_a_backup_is_drilled_and_brought_back(tickwright, hours, project, tmp_path) -> None:
    tickwright("data", "import", hours, *SERIES)
    (project / "trades.csv").write_text(TRADES)
    tickwright("data", "import", project / "trades.csv", *PERPETUAL, "--kind", "trades")
    taken = tickwright("data", "backup", tmp_path / "backup", "--drill", "--json").document
    assert (taken["encrypted"], taken["copied"] > 0, taken["drill"]["rows"]) == (False, True, 7)
    assert taken["drill"]["rto_s"] >= 0 <= taken["drill"]["rpo_s"]
    again = tickwright("data", "backup", tmp_path / "backup")
    assert again.out.startswith("snapshot ")
    assert ": 0 of " in again.out
    back = tickwright("data", "restore", tmp_path / "backup", "--into", tmp_path / "restored")
    assert "7 rows restored and sound" in back.out
    assert "x:BTC/USDT" in tickwright("data", "ls", "--store", tmp_path / "restored").out
    assert tickwright("data", "restore", tmp_path / "backup", "--into", tmp_path / "restored").code == 4
    elsewhere = tickwright("data", "restore", tmp_path / "backup", "--into", "postgresql://nobody@127.0.0.1:1/market")
    assert "is a backup of files" in elsewhere.err
    assert "data copy" in elsewhere.err


def test_a_key_seals_a_backup_and_is_shown_nowhere(tickwright, hours, tmp_path, monkeypatch) -> None:
    tickwright("data", "import", hours, *SERIES)
    told = tickwright("data", "backup-key", tmp_path / "backup.key")
    assert told.out == f"export TICKWRIGHT_BACKUP_KEY_FILE={tmp_path / 'backup.key'}\n"
    monkeypatch.setenv("TICKWRIGHT_BACKUP_KEY_FILE", str(tmp_path / "backup.key"))
    sealed = tickwright("data", "backup", tmp_path / "backup", "--drill")
    assert "encrypted" in sealed.out
    monkeypatch.delenv("TICKWRIGHT_BACKUP_KEY_FILE")
    refused = tickwright("data", "restore", tmp_path / "backup", "--into", tmp_path / "restored")
    assert refused.code == 4
    assert "the backup is encrypted" in refused.err
    key = (tmp_path / "backup.key").read_text().strip()
    assert key not in told.out + sealed.out + refused.err
    assert not any(key.encode() in path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())


def test_a_lake_in_a_bucket_works_like_any_store(tickwright, hours, bucket, tmp_path) -> None:
    store = ["--store", bucket("desk")]
    assert tickwright("data", "import", hours, *SERIES, *store).code == 0
    assert "x:BTC/USDT" in tickwright("data", "ls", *store).out
    assert "all as promised" in tickwright("data", "verify", "--exchange", "x", "--deep", *store).out
    assert tickwright("data", "backup", bucket("backup"), "--drill", *store).code == 0
    assert tickwright("data", "restore", bucket("backup"), "--into", bucket("restored")).code == 0
    wrong = tickwright("data", "ls", "--store", "s3://key:hushhush@market")
    assert (wrong.code, "hushhush" in wrong.err + wrong.out) == (3, False)


def test_no_credential_is_in_what_a_failing_command_says(tickwright, hours, bucket, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TICKWRIGHT_BACKUP_KEY", "cafe" * 8 + "0123456789abcdef" * 2)
    nobody = bucket("x", port=1)
    for words in (
        ("data", "import", hours, *SERIES, "--store", nobody),
        ("data", "ls", "--store", nobody),
        ("data", "backup", nobody),
        ("data", "restore", nobody, "--into", tmp_path / "y"),
        ("doctor", "--json"),
        ("config", "show"),
    ):
        for debug in ((), ("--debug",)):
            said = tickwright(*words, *debug)
            assert said.code in (0, 1, 4), said.err
            assert "canary" not in said.out + said.err
            assert "cafecafe" not in said.out + said.err


def test_the_password_of_a_database_is_in_nothing_that_is_said(tickwright, project, tmp_path) -> None:
    (project / "tickwright.toml").write_text(
        'version = 1\n[store]\nurl = "postgresql://desk:password-canary@127.0.0.1:1/market"\n'
    )
    for words in (("data", "ls"), ("data", "backup", tmp_path / "b"), ("doctor",), ("config", "show"),
                  ("backtest", "SmaCross", "--symbol", "BTC/USDT")):  # fmt: skip
        for more in ((), ("--debug",), ("--json",)):
            said = tickwright(*words, *more)
            assert "canary" not in said.out + said.err, words


def test_old_rows_go_into_the_archive_by_rule_after_a_look_at_the_plan(tickwright, hours, project) -> None:
    tickwright("data", "import", hours, *SERIES)
    assert tickwright("data", "archive").code == 3
    (project / "tickwright.toml").write_text(
        'version = 1\n[retention]\narchive = "old"\nkeep = { 1h = "30d", trades = "7d" }\n'
    )
    plan = tickwright("data", "archive", "--json").document
    assert plan["series"] == [{"series": "x:BTC/USDT candles 1h", "before": plan["series"][0]["before"], "rows": 3}]
    assert not (project / "old").exists()
    assert "Nothing was changed; --carry-out does it" in tickwright("data", "archive").out
    assert "3 rows moved to" in tickwright("data", "archive", "--carry-out").out
    assert "Nothing is old enough" in tickwright("data", "archive").out
    held = tickwright("data", "ls", "--json", "--store", project / "old").document["series"]
    assert [(row["rows"], row["missing_bars"]) for row in held] == [(3, 1)]
    back = tickwright("data", "copy", "--from", project / "old", "--to", project / "data", "--json").document
    assert back["series"] == [{"series": "x:BTC/USDT candles 1h", "inserted": 3, "revised": 0, "unchanged": 0}]
    assert "30d" in tickwright("config", "show").out


def test_a_rule_for_no_kind_of_row_is_named(tickwright, hours, project) -> None:
    (project / "tickwright.toml").write_text('version = 1\n[retention]\narchive = "old"\nkeep = { candels = "30d" }\n')
    refused = tickwright("data", "archive")
    assert refused.code == 3
    assert "retention.keep" in refused.err


def test_a_copy_moves_series_between_stores_of_every_kind(tickwright, hours, bucket, database, project) -> None:
    tickwright("data", "import", hours, *SERIES)
    places = [bucket("copy"), database("copy"), str(project / "again")]
    for source, target in zip([None, *places], places, strict=False):
        words = ["data", "copy", "--to", target, *(["--from", source] if source else [])]
        copied = tickwright(*words)
        assert copied.code == 0, copied.err
        assert "1 series arrived in" in copied.out
    assert tickwright("data", "copy", "--to", places[-1], "--json").document["series"][0]["unchanged"] == 3


def test_the_lake_answers_one_select(tickwright, hours, project, bucket) -> None:
    tickwright("data", "import", hours, *SERIES)
    answer = tickwright(
        "data", "sql", "select symbol, time, high, volume from candles order by time", "--json"
    ).document
    assert answer["columns"] == ["symbol", "time", "high", "volume"]
    assert answer["rows"][0] == ["BTC/USDT", "2024-01-01T00:00:00Z", 2.0, 10.0]
    assert (len(answer["rows"]), answer["more"]) == (3, False)
    assert "--most shows them" in tickwright("data", "sql", "select * from candles", "--most", "2").out
    elsewhere = tickwright("data", "sql", "select 1", "--store", bucket("x"))
    assert (elsewhere.code, "a lake in a directory" in elsewhere.err) == (2, True)


@pytest.mark.parametrize(
    "question",
    [
        "select 1; select 2",
        "copy (select 1) to 'out.csv'",
        "create table x as select 1",
        "select * from read_csv('/etc/passwd')",
        "select * from 'hours.csv'",
        "install httpfs",
        "selec 1",
    ],
)
def test_nothing_but_a_select_from_the_lake_is_answered(tickwright, hours, project, question: str) -> None:
    tickwright("data", "import", hours, *SERIES)
    before = sorted(path.name for path in project.rglob("*"))
    assert tickwright("data", "sql", question).code == 2
    assert sorted(path.name for path in project.rglob("*")) == before


RATES = """timestamp,funding_rate
1704067200003,0.0001
1704096000000,-0.00025
1704153600000,0.0003
"""
PERPETUAL = ["--exchange", "x", "--symbol", "BTC/USDT:USDT"]


@pytest.fixture
def rates(project):
    (project / "rates.csv").write_text(RATES)
    return project / "rates.csv"


def test_funding_is_imported_listed_shown_verified_and_exported_by_its_kind(tickwright, rates, project) -> None:
    first = tickwright("data", "import", rates, *PERPETUAL, "--kind", "funding", "--json").document
    again = tickwright("data", "import", rates, *PERPETUAL, "--kind", "funding", "--json").document
    assert (first["series"], first["inserted"], again["unchanged"]) == ("x:BTC/USDT:USDT funding", 3, 3)
    assert first["first"] == "2024-01-01T00:00:00Z"
    (listed,) = tickwright("data", "ls", "--kind", "funding", "--json").document["series"]
    assert (listed["kind"], listed["timeframe"], listed["rows"], listed["gaps"]) == ("funding", None, 3, 1)
    shown = tickwright("data", "show", *PERPETUAL, "--kind", "funding", "--most", "2", "--json").document
    assert shown["columns"] == ["time", "rate", "mark"]
    assert shown["rows"] == [["2024-01-01T00:00:00Z", "0.0001", "0"], ["2024-01-02T00:00:00Z", "0.0003", "0"]]
    assert (shown["of"], shown["left_out"]) == (3, 1)
    assert tickwright("data", "verify", "--deep", "--kind", "funding", "--json").document["rows"] == 3
    tickwright("data", "export", *PERPETUAL, "--kind", "funding", "--out", project / "out.csv")
    assert (project / "out.csv").read_text().splitlines()[2] == "1704096000000,-0.00025,0"
    assert tickwright("data", "import", project / "out.csv", *PERPETUAL, "--kind", "funding", "--json").document[
        "unchanged"
    ] == 3  # fmt: skip


def test_kinds_are_told_apart_wherever_series_are_chosen(tickwright, rates, hours, project) -> None:
    tickwright("data", "import", rates, *PERPETUAL, "--kind", "funding")
    tickwright("data", "import", hours, *SERIES)
    tickwright("data", "import", hours, *SERIES, "--kind", "mark")
    names = lambda *flags: [  # noqa: E731 - the listing in one word
        row["series"] for row in tickwright("data", "ls", *flags, "--json").document["series"]
    ]
    assert names() == ["x:BTC/USDT candles 1h", "x:BTC/USDT mark 1h", "x:BTC/USDT:USDT funding"]
    assert names("--kind", "mark") == ["x:BTC/USDT mark 1h"]
    assert names("--kind", "trades") == []
    copied = tickwright("data", "copy", "--to", project / "other", "--kind", "funding", "--json").document
    assert [row["series"] for row in copied["series"]] == ["x:BTC/USDT:USDT funding"]
    assert [row["rows"] for row in tickwright("data", "quality", "--json").document["series"]] == [3, 3, 3]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--kind", "fundings"], "'fundings' is not a kind of data"),
        (["--kind", "funding", "--timeframe", "8h"], "funding have no timeframe"),
        (["--kind", "mark"], "no timeframe is named"),
    ],
)
def test_a_kind_that_does_not_fit_is_a_matter_of_usage(tickwright, rates, flags, sentence) -> None:
    outcome = tickwright("data", "import", rates, *PERPETUAL, *flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err


def test_sql_reaches_every_kind_that_is_stored(tickwright, rates, hours) -> None:
    pytest.importorskip("duckdb")
    tickwright("data", "import", rates, *PERPETUAL, "--kind", "funding")
    question = "select symbol, time, rate, mark from funding order by time limit 1"
    answer = tickwright("data", "sql", question, "--json").document
    assert answer["rows"] == [["BTC/USDT:USDT", "2024-01-01T00:00:00Z", 0.0001, 0.0]]
    assert "expected a select from funding" in tickwright("data", "sql", "select * from candles").err


TRADES = """timestamp,id,side,price,amount
1704067201000,1,buy,100,2
1704067230000,2,sell,101,1
1704067290000,3,buy,99,4
1704067330000,4,buy,98,1
"""


def test_candles_are_built_from_imported_trades_and_beside_others_that_differ(tickwright, project) -> None:
    """Minutes 0 and 2 are cut by the file's ends; minute 1 has one trade of 4 at 99."""
    (project / "trades.csv").write_text(TRADES)
    coin = ["--exchange", "x", "--symbol", "BTC/USDT"]
    tickwright("data", "import", project / "trades.csv", *coin, "--kind", "trades")
    build = ["data", "build-candles", *coin, "--timeframe", "1m", "--json"]
    planned = tickwright(*build, "--dry-run").document
    assert (planned["built"], planned["left_out"], planned["inserted"]) == (1, 2, 0)
    assert tickwright("data", "ls", "--kind", "candles", "--json").document["series"] == []
    built = tickwright(*build, "--trust-edges").document
    assert (built["series"], built["built"], built["inserted"]) == ("x:BTC/USDT candles 1m", 3, 3)
    shown = tickwright("data", "show", *coin, "--timeframe", "1m", "--json").document
    assert shown["rows"][0] == ["2024-01-01T00:00:00Z", "100", "101", "100", "101", "3"]
    assert [row[-1] for row in shown["rows"]] == ["3", "4", "1"]
    (project / "other.csv").write_text("timestamp,open,high,low,close,volume\n1704067260000,99,99,99,99,5\n")
    tickwright("data", "import", project / "other.csv", *coin, "--timeframe", "1m")
    beside = tickwright(*build, "--trust-edges").document
    assert (beside["series"], beside["differing"]) == ("x_from_trades:BTC/USDT candles 1m", 1)


def test_candles_of_trades_that_are_not_stored_are_no_candles(tickwright, project) -> None:
    outcome = tickwright("data", "build-candles", "--symbol", "x:BTC/USDT", "--timeframe", "1m")
    assert (outcome.code, outcome.out) == (4, "")
    assert "no x:BTC/USDT trades are stored" in outcome.err


def test_what_is_known_of_an_instrument_lies_beside_its_data_and_goes_along_with_a_copy(
    tickwright, hours, project, database
) -> None:
    pytest.importorskip("psycopg")
    tickwright("data", "import", hours, *SERIES)
    tickwright("data", "instrument", "x:BTC/USDT", "--tick", "0.01", "--listed", "2020-01-01")
    server = database("catalogue")
    assert tickwright("data", "copy", "--to", server).code == 0
    (project / "data" / "x.json").unlink()
    assert tickwright("data", "instrument", "x:BTC/USDT").code == 4
    shown = tickwright("data", "instrument", "x:BTC/USDT", "--store", server, "--json").document
    assert [rule["tick"] for rule in shown["rules"]] == ["0.01"]


def test_a_coarser_series_that_its_finer_bars_do_not_make_is_a_finding(tickwright, hours, project) -> None:
    times = [f"2024-01-01T0{hour}:00:00Z" for hour in range(4)]
    rows = [f"{time},1,2,0.5,1.5,{volume}" for time, volume in zip(times, (10, 5, 5, 5), strict=True)]
    (project / "hours.csv").write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]))
    day = "timestamp,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,0.5,1.5,26\n"
    (project / "four.csv").write_text(day)
    tickwright("data", "import", hours, *SERIES)
    tickwright("data", "import", project / "four.csv", *SERIES[:-1], "4h")
    assert tickwright("data", "verify").code == 0
    said = tickwright("data", "verify", "--deep")
    assert said.code == 1
    assert "bar of 2024-01-01T00:00:00Z: the volume is 26, its finer bars make 25" in said.out
    (project / "four.csv").write_text(day.replace("26", "25"))
    tickwright("data", "import", project / "four.csv", *SERIES[:-1], "4h")
    said = tickwright("data", "verify", "--deep")
    assert (said.code, "1 bars were compared with the finer bars inside them" in said.out) == (0, True)


def test_doubtful_trades_are_named_by_their_time(tickwright, project) -> None:
    rows = [f"{1704067200000 + 1000 * n},{n},buy,{9900 if n == 9 else 100},1" for n in range(20)]
    (project / "trades.csv").write_text("\n".join(["timestamp,id,side,price,amount", *rows]))
    tickwright("data", "import", project / "trades.csv", "--kind", "trades", "--exchange", "x", "--symbol", "A/B")
    said = tickwright("data", "quality", "--exchange", "x", "--symbol", "A/B")
    assert "x:A/B trades 2024-01-01T00:00:09Z, 1 bars: the price 9900 is 99 times the price around it" in said.out


def test_an_export_into_a_directory_that_is_not_there_says_so(tickwright, hours, project) -> None:
    tickwright("data", "import", hours, *SERIES)
    said = tickwright("data", "export", *SERIES, "--out", project / "nowhere" / "x.csv")
    assert (said.code, "there is no such directory" in said.err) == (4, True)


def test_holes_are_filled_from_another_exchange_into_a_series_beside_it(tickwright, hours, project) -> None:
    tickwright("data", "import", hours, *SERIES)
    whole = HOURS.replace("2024-01-01T03", "2024-01-01T02:00:00Z,1,2,0.5,1.1,7\n2024-01-01T03")
    (project / "whole.csv").write_text(whole)
    assert tickwright("data", "import", project / "whole.csv", "--exchange", "y", *SERIES[2:]).code == 0
    (row,) = tickwright("data", "repair", *SERIES, "--from", "y", "--json").document["series"]
    assert (row["series"], row["filled"], row["missing_bars"]) == ("x_filled_from_y:BTC/USDT candles 1h", 1, 0)
    said = tickwright("data", "repair", *SERIES, "--from", "z")
    assert (said.code, "`tickwright data fetch --symbol z:BTC/USDT --timeframe 1h` fetches some" in said.err) == (
        4,
        True,
    )


def test_an_archive_without_a_file_and_columns_that_are_no_candles_are_told_for_what_they_are(
    tickwright, project
) -> None:
    zipfile.ZipFile(project / "none.zip", "w").close()
    said = tickwright("data", "import", project / "none.zip", *SERIES)
    assert (said.code, "the zip archive holds 0 files" in said.err) == (4, True)
    (project / "few.csv").write_text("date,open\n2024-01-01T00:00:00Z,0.0001\n2024-01-01T08:00:00Z,0.0001\n")
    said = tickwright("data", "import", project / "few.csv", *SERIES)
    assert (said.code, "high, low, close, volume missing among: date, open" in said.err) == (4, True)
