"""The report of a run as a file: complete, escaped, offline, small, whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.adapters.reports.long_run import LongRun, long_run
from tests.adapters.reports.outline import outline
from tests.analytics.runs import Deal, run_of
from tickwright.adapters.reports import write_report
from tickwright.analytics.summary import summarise
from tickwright.domain.errors import SystemRefused
from tickwright.domain.gaps import Gap, GapKind
from tickwright.domain.run import RunResult

NASTY = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def small() -> LongRun:
    return long_run(n=1500, symbols=2, trade_every=25)


def written(path: Path, run: LongRun, **changes: Any) -> str:
    return write_report(path / "report.html", **(vars_of(run) | changes)).read_text("utf-8")


def page_data(text: str) -> dict[str, Any]:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', text, re.S)[1])  # type: ignore[index]


def vars_of(run: LongRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in run.__dataclass_fields__}


def test_page_is_well_formed_and_asks_for_nothing(tmp_path: Path, small: LongRun) -> None:
    page = outline(written(tmp_path, small))
    assert page.faults == []
    assert page.asks == []


def test_page_holds_every_section(tmp_path: Path, small: LongRun) -> None:
    text = written(tmp_path, small)
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    expected = [
        "Equity",
        "Monthly returns",
        "Trades on candles",
        "Plotted by the strategy",
        "By symbol",
        "Trades",
        "Returns of trades",
    ]
    expected += ["Holding times", "Worst and best moments", "Costs"]
    assert titles == [*expected, "Deepest drawdowns", "Gaps in the data", "Statistics", "Manifest"]
    assert small.result.digest in text
    assert "outage" in text
    assert "The spread is assumed" in text


def test_no_text_of_a_user_becomes_markup(tmp_path: Path, small: LongRun) -> None:
    fills = small.result.fills.copy()
    fills["tag"] = 0
    result = replace(small.result, fills=fills, tags=(NASTY,), warnings=(NASTY,))
    hole = Gap(0, 10**9, 1, GapKind.UNKNOWN, NASTY)
    manifest = {"strategy": NASTY, "params": {NASTY: NASTY}, "mode": NASTY, NASTY: [NASTY, {NASTY: NASTY}]}
    text = written(tmp_path, small, result=result, gaps=((hole,), (hole,)), manifest=manifest)
    page = outline(text)
    assert page.faults == []
    assert page.asks == []
    assert "img" not in page.tags
    assert page_data(text)["tags"] == [NASTY]


def test_what_a_strategy_plots_has_a_pane_each_and_its_name_is_text(tmp_path: Path, small: LongRun) -> None:
    values = np.where(np.arange(1500) % 7 == 0, np.arange(1500) * 1e-7, np.nan)
    plots = {NASTY: values} | {f"level {k}": values * 1e9 for k in range(13)}
    text = written(tmp_path, small, result=replace(small.result, plots=plots))
    page = outline(text)
    assert (page.faults, page.asks) == ([], [])
    assert "img" not in page.tags
    assert text.count('id="plot-') == 12
    assert "2 more are in the table of equity" in text


def test_seven_years_of_hourly_bars_on_two_symbols_stay_under_seven_megabytes(tmp_path: Path) -> None:
    run = long_run()
    assert len(written(tmp_path, run).encode()) < 7_000_000 / 2


def test_ten_symbols_are_merged_until_they_fit(tmp_path: Path) -> None:
    text = written(tmp_path, long_run(symbols=10, trade_every=400))
    assert len(text.encode()) < 7_000_000
    data = page_data(text)
    assert data["symbols"][0]["candles"]["step"] == 4 * 3600


def test_half_a_million_bars_are_merged_and_their_curve_thinned(tmp_path: Path) -> None:
    run = long_run(n=500_000, symbols=1, trade_every=500)
    text = written(tmp_path, run)
    assert len(text.encode()) < 7_000_000
    assert page_data(text)["symbols"][0]["candles"]["step"] == 4 * 3600


def test_failed_write_leaves_the_old_report_and_no_draft(
    tmp_path: Path, small: LongRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(SystemRefused, match="no space left on device") as refused:
        written(tmp_path, small)
    assert refused.value.where == str(target)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert target.read_text() == "old"


def test_a_path_that_cannot_be_a_file_is_named(tmp_path: Path, small: LongRun) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemRefused, match=r"file/report\.html"):
        written(tmp_path / "file", small)


def bare_runs() -> Iterator[tuple[str, RunResult]]:
    flat = run_of([], [[100.0, 110.0, 120.0]])
    yield "without trades", flat
    yield "one bar", run_of([Deal(0, 1.0)], [[100.0]])
    yield "one open trade", run_of([Deal(0, 1.0)], [[100.0, 110.0]])
    yield (
        "without bars",
        replace(flat, bars=0, **dict.fromkeys(("equity", "exposure", "equity_ts_ns"), np.empty(0, np.int64))),
    )
    yield "wiped out", run_of([Deal(0, 100.0)], [[100.0, 50.0, 60.0]])


@pytest.mark.parametrize(
    ("name", "result"), list(bare_runs()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_odd_runs_have_a_page_too(tmp_path: Path, name: str, result: RunResult) -> None:
    path = write_report(
        tmp_path / "report.html",
        result=result,
        statistics=summarise(result),
        bars=(),
        gaps=(),
        manifest={},
        benchmark_equity=None,
    )
    page = outline(path.read_text("utf-8"))
    assert page.faults == []
    assert asdict(summarise(result))["fills"] == len(result.fills)
