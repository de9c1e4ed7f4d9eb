from tickwright.checks.example_bars import example_bars
from tickwright.strategies import BuyAndHold
from tickwright.strategy_api.evaluate import evaluate_targets


def test_wants_everything_from_the_first_bar_to_the_last():
    decisions = evaluate_targets(BuyAndHold(), example_bars(50))
    assert decisions.warmup == 0
    assert decisions.targets.all()
