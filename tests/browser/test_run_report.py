"""The report of a long run in a real browser: quick, quiet, in both themes, at every width."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.reports.long_run import LongRun, long_run
from tests.browser.chromium import Page, browser, executable
from tickwright.adapters.reports import write_report

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")

FIRST_PAINT_MS = 1500
ZOOM_MS = 200
CONTRAST = 4.5

ZOOM = """(async () => {
  const chart = document.getElementById('candle-chart'), times = [];
  const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const key of ['+', '+', '+', 'ArrowLeft', '+', '+', 'ArrowRight', '-', '0']) {
    const from = performance.now();
    chart.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    await painted();
    times.push(performance.now() - from);
  }
  return times;
})()"""

LOWEST_CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const parts = (text, below) => {
    canvas.fillStyle = `rgb(${below.join()})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = rgb => rgb.map(v => linear(v / 255))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = (node) => {
    const chain = [];
    for (let e = node; e; e = e.parentElement) chain.unshift(getComputedStyle(e).backgroundColor);
    return chain.reduce((below, text) => parts(text, below), [255, 255, 255]);
  };
  let worst = [99, ''];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest('.unseen, .skip, script, noscript, svg')) continue;
    const below = ground(node), [a, b] = [light(parts(getComputedStyle(node).color, below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, node.outerHTML.slice(0, 120)];
  }
  return worst;
})()"""


@pytest.fixture(scope="module")
def run() -> LongRun:
    return long_run()


@pytest.fixture(scope="module")
def report(run: LongRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = {name: getattr(run, name) for name in run.__dataclass_fields__}
    return write_report(tmp_path_factory.mktemp("report") / "report.html", **values)


@pytest.fixture
async def page(tmp_path: Path, report: Path) -> AsyncIterator[Page]:
    async with browser(tmp_path / "profile") as tab:
        await tab.size(1280, 900)
        await tab.prefer("light")
        await tab.open(report)
        await tab.settled()
        yield tab


async def test_opens_fast_without_complaint_or_request(page: Page, report: Path) -> None:
    painted, drawn = [], []
    for _ in range(3):
        await page.open(report)
        await page.settled()
        painted.append(max(await page.evaluate("performance.getEntriesByType('paint').map(e => e.startTime)")))
        drawn.append(await page.evaluate("performance.getEntriesByName('charts-drawn')[0].startTime"))
    assert min(painted) < FIRST_PAINT_MS
    assert min(drawn) < FIRST_PAINT_MS, "the charts are drawn in the same time"
    assert page.complaints == []
    assert set(page.requests) == {report.as_uri()}


async def test_zooming_and_moving_take_less_than_a_fifth_of_a_second(page: Page) -> None:
    times = await page.evaluate(ZOOM)
    assert sorted(times)[len(times) // 2] < ZOOM_MS
    assert page.complaints == []


async def test_candles_under_the_window_are_the_stored_ones(page: Page, run: LongRun) -> None:
    whole = await page.evaluate("document.querySelector('#candle-readout .note').textContent")
    assert whole == "1 candle = 2 weeks", "61,000 hours on 1,200 pixels"
    await page.evaluate(
        "for (const k of ['End', ...Array(9).fill('+'), 'End'])"
        " document.getElementById('candle-chart').dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true}))"
    )
    await page.settled()
    text = await page.evaluate("document.getElementById('candle-readout').textContent")
    bars = run.bars[0]
    prices = [
        f"{name} {getattr(bars, column)[-1] / 100:,.2f}"
        for name, column in zip("OHLC", ("open", "high", "low", "close"), strict=True)
    ]
    assert "1 candle = 1 hour" in text
    assert all(price in text for price in prices), (text, prices)


async def test_equity_readout_is_the_final_equity(page: Page, run: LongRun) -> None:
    text = await page.evaluate("document.getElementById('equity-readout').textContent")
    assert f"{run.statistics.final_equity:,.2f}" in text.replace("−", "-")


async def test_choosing_a_trade_shows_it_and_its_symbol(page: Page) -> None:
    await page.evaluate(
        "document.querySelector('[data-sort=symbol]').click(); document.querySelector('[data-sort=symbol]').click()"
    )
    symbol = await page.evaluate("document.querySelector('#trade-table tbody tr td:nth-child(3)').textContent")
    assert symbol == "COIN1/USDT"
    await page.evaluate("document.querySelector('#trade-table tbody tr').click()")
    await page.settled()
    chosen = await page.evaluate("document.querySelector('[data-symbol][aria-pressed=true]').textContent")
    note = await page.evaluate("document.querySelector('#candle-readout .note').textContent")
    assert (chosen, note) == ("COIN1/USDT", "1 candle = 1 hour")
    assert page.complaints == []


async def test_pages_of_trades_turn_and_sort(page: Page) -> None:
    rows = "[...document.querySelectorAll('#trade-table tbody tr')].map(row => row.dataset.row)"
    first = await page.evaluate(rows)
    await page.evaluate("document.getElementById('trade-table-after').click()")
    second = await page.evaluate(rows)
    assert (len(first), len(second), set(first) & set(second)) == (25, 25, set())
    await page.evaluate("document.querySelector('[data-sort=pnl]').click()")
    order = await page.evaluate("document.querySelector('[data-sort=pnl]').parentElement.getAttribute('aria-sort')")
    assert order == "descending"


async def test_follows_the_system_theme_and_the_button(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.prefer("dark")
    await page.settled()
    dark = await page.evaluate(ground)
    await page.evaluate("document.getElementById('theme').click()")
    assert (light, dark, await page.evaluate(ground)) == ("rgb(244, 245, 247)", "rgb(12, 15, 19)", light)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_text_has_contrast(page: Page, theme: str) -> None:
    await page.prefer(theme)
    await page.settled()
    ratio, node = await page.evaluate(LOWEST_CONTRAST)
    assert ratio >= CONTRAST, node


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
async def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    await page.size(width, 800)
    await page.settled()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        await page.evaluate("document.querySelector('#candle-chart canvas').getBoundingClientRect().width")
        > min(width, 1240) * 0.7 - 60
    )
    assert page.complaints == []


async def test_charts_have_names_and_take_the_keyboard(page: Page) -> None:
    drawn = "[...document.querySelectorAll('.chart, canvas[tabindex], svg[role]')]"
    unnamed = f"{drawn}.filter(e => !e.getAttribute('aria-label')).length"
    assert await page.evaluate(unnamed) == 0
    assert await page.evaluate("[...document.querySelectorAll('.chart')].every(e => e.tabIndex === 0)")
    label = "document.getElementById('window-label').textContent"
    before = await page.evaluate(label)
    await page.evaluate("document.getElementById('equity-chart').focus()")
    await page.send("Input.dispatchKeyEvent", type="keyDown", key="+", text="+")
    await page.settled()
    assert await page.evaluate(label) != before


async def test_dragging_over_a_chart_zooms_and_a_double_click_shows_all(page: Page) -> None:
    label = "document.getElementById('window-label').textContent"
    whole = await page.evaluate(label)
    box = json.loads(
        await page.evaluate("JSON.stringify(document.querySelector('#equity-chart .u-over').getBoundingClientRect())")
    )
    left, width, y = box["x"], box["width"], box["y"] + 60
    steps = (
        ("mouseMoved", 0.3),
        ("mousePressed", 0.3),
        ("mouseMoved", 0.45),
        ("mouseMoved", 0.6),
        ("mouseReleased", 0.6),
    )
    for kind, share in steps:
        pressed = {"button": "left", "buttons": 1, "clickCount": 1} if kind != "mouseMoved" else {"buttons": 1}
        await page.send("Input.dispatchMouseEvent", type=kind, x=left + share * width, y=y, **pressed)
    await page.settled()
    assert await page.evaluate(label) != whole
    for count in (1, 2):
        for kind in ("mousePressed", "mouseReleased"):
            await page.send("Input.dispatchMouseEvent", type=kind, x=left + 200, y=y, button="left", clickCount=count)
    await page.settled()
    assert await page.evaluate(label) == whole
    assert page.complaints == []


async def test_prints_without_tools(page: Page) -> None:
    document = await page.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    assert len(document["data"]) > 50_000
    await page.send("Emulation.setEmulatedMedia", media="print")
    assert await page.evaluate("getComputedStyle(document.querySelector('.timebar')).display") == "none"
