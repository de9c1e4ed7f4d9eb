"""The quality score, worked out by hand."""

from __future__ import annotations

import pytest

from tickwright.domain.gaps import Gap, GapKind
from tickwright.ingest.quality import quality_of
from tickwright.ports import RefusedRow


def test_a_whole_series_scores_one(bench) -> None:
    bars = bench.series(0, 100)
    bench.lake.write(bars)
    assert quality_of(bench.lake, bars.key).score == 1.0


def test_a_series_that_does_not_exist_scores_zero(bench) -> None:
    assert quality_of(bench.lake, bench.series(0, 1).key).score == 0.0


@pytest.mark.parametrize(
    ("kind", "score"),
    [
        (GapKind.UNKNOWN, 0.8 * 0.5),  # 80 of 100 bars are there, none of the missing is explained
        (GapKind.OUTAGE, 0.8),  # explained, and still missing
        (GapKind.NO_TRADES, 1.0),  # nothing was missed
    ],
)
def test_missing_bars_count_by_what_is_known_of_them(bench, kind: GapKind, score: float) -> None:
    bars = bench.series(0, 100, without=range(40, 60))
    bench.lake.write(bars, fetched=(bench.at(0), bench.at(100)))
    bench.lake.explain(bars.key, [Gap(bench.at(40), bench.at(60), 20, kind)])
    quality = quality_of(bench.lake, bars.key)
    assert quality.score == pytest.approx(score)
    assert quality.missing == {kind: 20}


def test_doubtful_and_disbelieved_rows_count_against_the_series(bench) -> None:
    bars = bench.series(0, 100)
    bars.volume[7] = 0  # the price moved and nothing was traded
    bench.lake.write(bars)
    bench.lake.quarantine(bars.key, [RefusedRow("candle of x", "the high 1 is below the low 2")], "test")
    quality = quality_of(bench.lake, bars.key)
    assert (len(quality.doubts), quality.quarantined) == (1, 1)
    assert quality.score == pytest.approx(0.98)
