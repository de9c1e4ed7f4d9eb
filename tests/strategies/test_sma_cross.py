import numpy as np
import pytest

from tests.strategies.bars_of import bars_of
from tickwright.domain.errors import UsageError
from tickwright.strategies import SmaCross
from tickwright.strategy_api.evaluate import evaluate_targets


def test_long_while_the_fast_average_is_above_the_slow_one():
    #              fast (2):     10  10  11  13  14  12   9   8
    #              slow (3):         10  10⅔ 12  13⅓ 12⅔ 10⅔  8⅔
    closes = [10, 10, 10, 12, 14, 14, 10, 8, 8]
    targets = evaluate_targets(SmaCross(fast=2, slow=3), bars_of(closes)).targets
    assert targets.tolist() == [False, False, False, True, True, True, False, False, False]


def test_equal_averages_are_not_above():
    assert not evaluate_targets(SmaCross(fast=7, slow=49), bars_of([0.7] * 200)).targets.any()


def test_its_warmup_is_all_but_one_bar_of_the_slow_average():
    assert evaluate_targets(SmaCross(fast=20, slow=50), bars_of(np.arange(1.0, 100.0))).warmup == 49


def test_the_fast_average_must_be_the_shorter_one():
    assert not SmaCross(fast=50, slow=50).valid()
    with pytest.raises(UsageError, match="not a valid combination"):
        evaluate_targets(SmaCross(fast=60, slow=50), bars_of([1.0, 2.0]))
