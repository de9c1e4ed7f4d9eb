"""Pictures of all closed trades: how returns and holding times are spread, and how far trades went against and for us.

They are plain SVG with a text alternative, so they print and need no script.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tickwright.adapters.reports.figures import number, percent
from tickwright.adapters.reports.markup import Markup, card, element, joined
from tickwright.adapters.reports.run_view import RunView
from tickwright.adapters.reports.svg_marks import WIDTH, bar, flat_line, picture, words, words_below
from tickwright.analytics.excursions import excursions
from tickwright.domain.bars import Float64Array
from tickwright.domain.timestamp import DAY, HOUR, MINUTE

BINS = 41
DOTS = 1500
HEIGHT, TOP = 190.0, 20.0

_LENGTHS = ((MINUTE, "min"), (HOUR, "h"), (DAY, "d"))


def return_sketch(view: RunView) -> Markup:
    """A histogram of the returns of closed trades."""
    returns = view.closed_trades["trade_return"]
    if len(returns) < 2:
        return card("Returns of trades", element("p", "Fewer than two closed trades.", class_="muted"))
    edge = float(max(np.quantile(np.abs(returns), 0.99), 1e-4))
    counts, edges = np.histogram(np.clip(returns, -edge, edge), BINS, (-edge, edge))
    middle, average = (percent(float(figure(returns)), 2, sign=True) for figure in (np.median, np.mean))
    labels = [(share, percent((2.0 * share - 1.0) * edge, 1)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    tones = np.where(edges[:-1] + edges[1:] > 0, "up", "down")
    titles = [f"{percent(low)} to {percent(high)}" for low, high in pairwise(edges)]
    alternative = f"Histogram of {len(returns)} trade returns, median {middle}"
    note = element("span", f"median {middle} · average {average}", class_="note")
    return card("Returns of trades", _histogram(counts, tones, titles, labels, alternative), tools=note)


def holding_sketch(view: RunView) -> Markup:
    """Winners above and losers below, by how long they were held (logarithmic)."""
    table = view.closed_trades
    if len(table) < 2:
        return card("Holding times", element("p", "Fewer than two closed trades.", class_="muted"))
    lengths = np.maximum((table["exit_ns"] - table["entry_ns"]).astype(np.float64), float(view.step_ns) / 2.0)
    edges = np.geomspace(lengths.min() * 0.999, lengths.max() * 1.001, 25)
    won = table["pnl"] > 0
    up, down = (np.histogram(lengths[chosen], edges)[0] for chosen in (won, ~won))
    labels = [
        (share, _length(float(edges[0] * (edges[-1] / edges[0]) ** share))) for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    titles = [f"{_length(float(low))} to {_length(float(high))}" for low, high in pairwise(edges)]
    middles = [_length(float(np.median(lengths[chosen]))) if chosen.any() else "–" for chosen in (won, ~won)]
    alternative = f"Holding times of {len(table)} trades; winners {middles[0]} and losers {middles[1]} in the median"
    note = element("span", f"median {middles[0]} won, {middles[1]} lost", class_="note")
    return card("Holding times", _mirrored(up, down, titles, labels, alternative), tools=note)


def excursion_sketch(view: RunView) -> Markup:
    """The result of each trade against its worst and its best moment."""
    table = view.closed_trades
    found = excursions(table, view.bars)
    rows = np.flatnonzero(np.isfinite(found.adverse))
    if len(rows) < 2:
        return card("Worst and best moments", element("p", "Fewer than two closed trades.", class_="muted"))
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), DOTS)).astype(int)]
    result = table["trade_return"][rows]
    worst, best = -found.adverse[rows], found.favourable[rows]
    half = (WIDTH - 40.0) / 2.0
    inside = joined(
        (
            _scatter(worst, result, 0.0, half, "worst moment"),
            _scatter(best, result, half + 40.0, half, "best moment"),
        )
    )
    alternative = (
        "Each trade\u2019s result against how far it was under water (left) and ahead (right) while it was held"
    )
    note = element(
        "span",
        f"median {percent(-float(np.median(worst)))} and {percent(float(np.median(best)), sign=True)}",
        class_="note",
    )
    return card("Worst and best moments", picture([inside], HEIGHT + 34, alternative), tools=note)


def _histogram(
    counts: npt.NDArray[np.int64],
    tones: npt.NDArray[np.str_],
    titles: list[str],
    labels: list[tuple[float, str]],
    alternative: str,
) -> Markup:
    slot, top = WIDTH / len(counts), float(counts.max())
    bars = [
        bar(
            k * slot, HEIGHT * (1.0 - count / top), slot, HEIGHT * count / top, tones[k], f"{titles[k]}: {count} trades"
        )
        for k, count in enumerate(counts)
        if count
    ]
    return picture([*bars, flat_line(HEIGHT), words_below(HEIGHT, labels)], HEIGHT + 34, alternative)


def _mirrored(
    up: npt.NDArray[np.int64],
    down: npt.NDArray[np.int64],
    titles: list[str],
    labels: list[tuple[float, str]],
    alternative: str,
) -> Markup:
    slot, unit = WIDTH / len(up), HEIGHT / float(up.max() + down.max())
    middle = unit * float(up.max())
    bars = [
        bar(k * slot, middle - unit * count, slot, unit * count, "up", f"{titles[k]}: {count} won")
        for k, count in enumerate(up)
        if count
    ]
    bars += [
        bar(k * slot, middle, slot, unit * count, "down", f"{titles[k]}: {count} lost")
        for k, count in enumerate(down)
        if count
    ]
    return picture([*bars, flat_line(middle), words_below(HEIGHT, labels)], HEIGHT + 34, alternative)


def _scatter(across: Float64Array, result: Float64Array, left: float, width: float, name: str) -> Markup:
    wide = float(max(np.quantile(across, 0.98), 1e-6))
    low, high = (float(value) for value in np.quantile(result, (0.01, 0.99)))
    low, high = min(low, 0.0), max(high, 1e-6)
    x = left + width * np.minimum(across / wide, 1.0)
    y = TOP + (HEIGHT - TOP) * (high - np.clip(result, low, high)) / (high - low)
    dots = joined(
        Markup(f'<circle class="{"up" if gain > 0 else "down"}" cx="{a:.1f}" cy="{b:.1f}" r="2.6"/>')
        for a, b, gain in zip(x, y, result, strict=True)
    )
    zero = TOP + (HEIGHT - TOP) * high / (high - low)
    rule, axis = (
        flat_line(zero, left=left, right=left + width, kind="rule"),
        flat_line(HEIGHT, left=left, right=left + width),
    )
    texts = joined(
        (
            words(left, HEIGHT + 16, "0%", "start"),
            words(left + width / 2, HEIGHT + 16, name, "middle"),
            words(left + width, HEIGHT + 16, percent(wide, 1), "end"),
            words(left, 10, f"result up to {percent(high, 1, sign=True)}", "start"),
        )
    )
    return joined((rule, element("g", dots, class_="dots"), axis, texts))


def _length(nanoseconds: float) -> str:
    unit, name = next((pair for pair in reversed(_LENGTHS) if nanoseconds >= 0.99 * pair[0]), _LENGTHS[0])
    amount = nanoseconds / unit
    return f"{number(amount, 0 if amount >= 10 else 1)} {name}"
