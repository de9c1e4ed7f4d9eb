"""One sentence for every row that may not be kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.domain.bars import Bars
from tickwright.ingest.integrity import sound_page


def page_of(bars: Bars, order: list[int]) -> Bars:
    names = ("open_time_ns", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[np.array(order, np.int64)] for name in names})


def test_a_good_page_passes_whole(bench) -> None:
    bars = bench.series(0, 10)
    sound = sound_page(bars, (bench.at(0), bench.at(10)), bench.at(10))
    assert sound.bars.content_hash() == bars.content_hash()
    assert sound.refused == ()


@given(order=st.lists(st.integers(0, 5), min_size=6, max_size=20).filter(lambda rows: len(set(rows)) == 6))
def test_shuffled_and_repeated_rows_give_each_row_once(make_series, order: list[int]) -> None:
    bars = make_series(0, 6)
    window = (int(bars.open_time_ns[0]), int(bars.open_time_ns[-1]) + bars.timeframe.length_ns)
    sound = sound_page(page_of(bars, order), window, window[1])
    assert sound.bars.content_hash() == bars.content_hash()
    assert sound.refused == ()


def test_rows_outside_the_window_are_refused(bench) -> None:
    sound = sound_page(bench.series(0, 10), (bench.at(2), bench.at(8)), bench.at(20))
    assert len(sound.bars) == 6
    assert [row.place for row in sound.surplus] == [
        f"candle of 2024-01-01T0{hour}:00:00Z" for hour in (0, 1, 8, 9)
    ]  # fmt: skip
    assert "outside the window that was asked for" in sound.surplus[0].reason


def test_the_forming_candle_is_refused(bench) -> None:
    sound = sound_page(bench.series(0, 10), (bench.at(0), bench.at(10)), bench.at(10) - 1)
    assert len(sound.bars) == 9
    assert sound.surplus[0].reason == "the candle is not closed yet"


def test_rows_that_contradict_each_other_are_both_refused(bench) -> None:
    bars = page_of(bench.series(0, 5), [0, 1, 2, 2, 3, 4])
    bars.close[3] += 1
    sound = sound_page(bars, (bench.at(0), bench.at(5)), bench.at(5))
    assert len(sound.bars) == 4
    assert [row.reason for row in sound.refused] == ["two rows of this time contradict each other"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("high", 1, "the high 0.01 is below the open 40000.2"),
        ("low", 4_000_025, "the low 40000.25 is above the open 40000.2"),
        ("close", 0, "a price is not above zero (open 40000.2, high 40000.29, low 40000.11, close 0)"),
        ("volume", -1, "the volume -0.001 is negative"),
        ("open_time_ns", 1, "is not the open time of a 1h candle"),
    ],
)
def test_a_row_that_is_no_candle_is_refused_with_its_values(bench, column: str, value: int, reason: str) -> None:
    bars = bench.series(0, 5)
    getattr(bars, column)[2] = value if column != "open_time_ns" else bars.open_time_ns[2] + value
    sound = sound_page(bars, (bench.at(0), bench.at(5)), bench.at(5))
    assert len(sound.bars) == 4
    assert reason in sound.refused[0].reason
