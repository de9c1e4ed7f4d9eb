import numpy as np

from tests.strategies.bars_of import bars_of
from tickwright.indicators import rsi
from tickwright.strategies import RsiReversion
from tickwright.strategy_api.evaluate import evaluate_targets

STRATEGY = RsiReversion(length=2, oversold=30, recovered=55)


def test_buys_when_oversold_and_holds_until_recovered():
    closes = [100.0] * 12 + [99, 97, 96, 96.2, 96.1, 98, 101, 102, 102, 102]
    bars = bars_of(closes)
    targets, index = evaluate_targets(STRATEGY, bars).targets, rsi(bars.close, 2)
    bought, sold = int(np.argmax(targets)), 17
    assert index[bought] < 30 <= index[bought - 1]
    assert targets[bought:sold].all()
    assert index[sold] > 55
    assert not targets[sold:].any()


def test_nothing_is_bought_while_the_index_is_not_known():
    decisions = evaluate_targets(RsiReversion(), bars_of(np.linspace(100, 50, 60)))
    assert decisions.warmup == 60  # length 14 needs 76 bars until its seed has faded
    assert not decisions.targets.any()


def test_recovered_must_lie_above_oversold():
    assert not RsiReversion(oversold=50, recovered=50).valid()
