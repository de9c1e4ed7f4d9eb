"""The page of a sweep in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.analytics.sweeps import TRIALS, sweep_of
from tests.browser.chromium import Page, browser, executable
from tickwright.adapters.reports import write_sweep_report
from tickwright.domain.run import SweepResult

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")

SIDE = 30


def large_sweep() -> SweepResult:
    """900 trials over two parameters and a third one, with a peak at fast 12, slow 240."""
    small = sweep_of(TRIALS)
    trials = tuple({"fast": fast, "slow": 10 * slow, "side": "long"} for fast in range(SIDE) for slow in range(SIDE))
    fast, slow = (np.array([trial[name] for trial in trials], float) for name in ("fast", "slow"))
    shape = 1.0 - ((fast - 12) / 20) ** 2 - ((slow - 240) / 300) ** 2
    changes = {
        name: np.resize(getattr(small, name), len(trials))
        for name, field in small.__dataclass_fields__.items()
        if isinstance(getattr(small, name), np.ndarray)
    }
    changes["return_sum"], changes["return_sum_squares"] = 0.02 * shape, np.full(len(trials), 0.04)
    return replace(small, trials=trials, **changes)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    path = write_sweep_report(tmp_path / "sweep.html", result=large_sweep(), manifest={"strategy": "SmaCross"})
    async with browser(tmp_path / "profile") as tab:
        await tab.size(1280, 900)
        await tab.prefer("light")
        await tab.open(path)
        await tab.settled()
        yield tab


async def test_opens_without_complaint_at_every_width(page: Page) -> None:
    for width in (360, 768, 1280):
        await page.size(width, 800)
        await page.settled()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    assert len(page.requests) == 1


async def test_best_trial_is_read_out_until_another_cell_is_pointed_at(page: Page) -> None:
    readout = "document.getElementById('heat-readout').textContent"
    assert (await page.evaluate(readout)).startswith("fast 12slow 240side long")
    await page.evaluate("document.getElementById('heat-map').focus()")
    key = "new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true})"
    await page.evaluate(f"document.getElementById('heat-map').dispatchEvent({key})")
    assert (await page.evaluate(readout)).startswith("fast 13slow 240side long")


async def test_axes_never_show_the_same_parameter_twice(page: Page) -> None:
    script = """(() => {
      const across = document.getElementById('heat-across'), up = document.getElementById('heat-up');
      across.value = 'slow';
      across.dispatchEvent(new Event('change'));
      return [across.value, up.value];
    })()"""
    across, up = await page.evaluate(script)
    assert (across, up) == ("slow", "fast")
    assert page.complaints == []


async def test_trials_are_sorted_by_the_measure_of_the_sweep(page: Page) -> None:
    first = await page.evaluate("document.querySelector('#trial-table tbody tr').textContent")
    assert first.startswith("12240long")
    await page.evaluate("document.querySelector('[data-sort=trades]').click()")
    order = await page.evaluate("document.querySelector('[data-sort=trades]').parentElement.getAttribute('aria-sort')")
    assert order == "ascending", "fewer trades first"
