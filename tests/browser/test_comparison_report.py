"""The page of several runs in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.reports.long_run import long_run
from tests.browser.chromium import browser, executable
from tickwright.adapters.reports import ComparedRun, write_comparison_report

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")


async def test_draws_every_run_reads_them_out_and_zooms(tmp_path: Path) -> None:
    runs = [
        ComparedRun(f"run {every}", run.result, run.statistics)
        for every in (20, 30, 50)
        for run in [long_run(n=3000, symbols=1, trade_every=every)]
    ]
    path = write_comparison_report(tmp_path / "runs.html", runs=runs, settings={"params.every": [20, 30, 50]})
    async with browser(tmp_path / "profile") as page:
        await page.size(1280, 900)
        await page.prefer("dark")
        await page.open(path)
        await page.settled()
        readout = await page.evaluate("document.getElementById('compare-readout').textContent")
        for run in runs:
            assert f"{run.name} " in readout
            assert f"{100 * run.statistics.total_return:+,.2f}%".replace("-", "−") in readout
        label = "document.getElementById('window-label').textContent"
        before = await page.evaluate(label)
        await page.evaluate("document.querySelector('[data-days=\"30\"]').click()")
        await page.settled()
        assert await page.evaluate(label) != before
        for width in (360, 1280):
            await page.size(width, 800)
            await page.settled()
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.complaints == []
