"""How the Sharpe ratios of all trials are spread, with the best one and what luck alone would reach."""

from __future__ import annotations

import numpy as np

from tickwright.adapters.reports.figures import number
from tickwright.adapters.reports.markup import Markup, card, element, joined
from tickwright.adapters.reports.svg_marks import WIDTH, bar, flat_line, picture, upright_line, words, words_below
from tickwright.analytics.sweep_luck import SweepLuck
from tickwright.domain.bars import Float64Array

HEIGHT, TOP = 260.0, 56.0
BINS = 40


def ratio_sketch(ratios: Float64Array, luck: SweepLuck, hold: float = float("nan")) -> Markup:
    """A histogram of the ratios with lines at the best one, at holding, and (dashed) at what luck alone would reach."""
    known = ratios[np.isfinite(ratios)]
    title = "Sharpe ratios of all trials"
    if len(known) < 2:
        return card(title, element("p", "Fewer than two trials have a ratio.", class_="muted"))
    marks = [value for value in (luck.expected_best, hold, 0.0) if np.isfinite(value)]
    low, high = min(float(known.min()), *marks), max(float(known.max()), *marks)
    air = (high - low or 1.0) * 0.05
    low, high = low - air, high + air
    counts, edges = np.histogram(known, BINS, (low, high))
    heights = (HEIGHT - TOP) * counts / counts.max()
    slot = WIDTH / BINS
    bars = [
        bar(
            k * slot,
            HEIGHT - heights[k],
            slot,
            heights[k],
            "",
            f"{number(edges[k])} to {number(edges[k + 1])}: {count}",
        )
        for k, count in enumerate(counts)
        if count
    ]
    best, chance = f"best {number(luck.best)}", f"luck alone {number(luck.expected_best)}"
    labels = [(share, number(low + (high - low) * share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    inside = [
        element("g", *bars, class_="bars"),
        flat_line(HEIGHT),
        _mark((luck.best - low) / (high - low), "mark", best, 12.0),
        _mark((luck.expected_best - low) / (high - low), "luck", chance, 28.0),
        _mark((hold - low) / (high - low), "hold", f"holding {number(hold)}", 44.0),
        words_below(HEIGHT, labels),
    ]
    return card(title, picture(inside, HEIGHT + 22, f"Histogram of {len(known)} Sharpe ratios; {best}, {chance}"))


def _mark(share: float, kind: str, text: str, y: float) -> Markup:
    if not np.isfinite(share):
        return Markup()
    x = WIDTH * share
    anchor, shift = ("end", -5.0) if share > 0.5 else ("start", 5.0)
    return joined((upright_line(x, y - 8, HEIGHT, kind=kind), words(x + shift, y, text, anchor)))
