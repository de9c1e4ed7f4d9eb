import numpy as np
import pytest

from tickwright.indicators import ema, rsi, sma
from tickwright.indicators.memo import Memo, leading_unknown, recording


def sealed(values):
    column = np.array(values, np.float64)
    column.flags.writeable = False
    return column


@pytest.fixture
def close():
    return sealed(np.arange(1.0, 101.0))


def test_the_same_indicator_of_the_same_column_is_computed_once(close):
    with recording():
        assert sma(close, 5) is sma(close, 5)


def test_other_parameters_or_another_column_are_computed_anew(close):
    with recording():
        assert sma(close, 5) is not sma(close, 6)
        assert sma(close, 5) is not sma(sealed(close * 2), 5)


def test_indicators_of_indicators_are_remembered_too(close):
    with recording():
        assert sma(rsi(close, 5), 3) is sma(rsi(close, 5), 3)


def test_one_memo_serves_many_evaluations(close):
    memo = Memo()
    with recording(memo):
        first = sma(close, 5)
    with recording(memo):
        assert sma(close, 5) is first


def test_nothing_is_remembered_outside_a_scope(close):
    assert sma(close, 5) is not sma(close, 5)


def test_a_column_that_can_be_written_to_is_never_remembered():
    column = np.arange(1.0, 11.0)
    with recording():
        before = sma(column, 2)
        column[:] = 7.0
        assert sma(column, 2)[-1] == 7.0 != before[-1]


def test_results_in_a_scope_cannot_be_written_to(close):
    with recording():
        average = sma(close, 5)
        with pytest.raises(ValueError, match="read-only"):
            average[0] = 1.0


def test_a_full_memo_forgets_the_longest_unused(close):
    memo = Memo(max_bytes=3 * close.nbytes)
    with recording(memo):
        kept = ema(close, 5)
        for n in range(6, 20):
            assert ema(close, 5) is kept  # used again before each newcomer
            ema(close, n)
        assert memo.bytes <= memo.max_bytes


def test_a_result_larger_than_the_memo_is_not_kept(close):
    memo = Memo(max_bytes=8)
    with recording(memo):
        ema(close, 5)
    assert len(memo) == 0


def test_the_warmup_of_a_scope_is_the_longest_of_its_indicators(close):
    with recording() as scope:
        sma(close, 5)
        sma(close, 20)
        assert scope.warmup == 19


def test_warmups_of_nested_indicators_add_up(close):
    with recording() as alone:
        rsi(close, 14)
    with recording() as scope:
        sma(rsi(close, 14), 10)
    assert scope.warmup == alone.warmup + 9


def test_warmups_do_not_depend_on_what_the_memo_has_forgotten(close):
    with recording() as roomy:
        sma(rsi(close, 14), 10)
    with recording(Memo(max_bytes=8)) as tight:
        sma(rsi(close, 14), 10)
    assert tight.warmup == roomy.warmup


def test_a_remembered_result_counts_its_warmup_again(close):
    memo = Memo()
    with recording(memo):
        sma(close, 20)
    with recording(memo) as again:
        sma(close, 20)
    assert again.warmup == 19


def test_the_unknown_beginning_of_a_derived_series_counts(close):
    shifted = np.concatenate((np.full(7, np.nan), close))
    with recording() as scope:
        sma(shifted, 5)
    assert scope.warmup == 7 + 4


@pytest.mark.parametrize(
    ("array", "unknown"),
    [
        (np.array([1.0, np.nan]), 0),
        (np.array([np.nan, 1.0]), 1),
        (np.array([np.nan, np.nan]), 2),
        (np.array([[np.nan, 1.0]]), 0),
        (np.array([[np.nan, np.nan], [np.nan, 1.0]]), 1),
        (np.array([True, False]), 0),
        (np.array([]), 0),
    ],
)
def test_the_unknown_beginning_of_an_array(array, unknown):
    assert leading_unknown(array) == unknown
