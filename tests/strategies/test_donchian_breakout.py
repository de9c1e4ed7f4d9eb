from tests.strategies.bars_of import bars_of
from tickwright.strategies import DonchianBreakout
from tickwright.strategy_api.evaluate import evaluate_targets


def test_in_above_the_highest_high_of_the_bars_before_out_below_the_lowest_low():
    strategy = DonchianBreakout(entry=5, exit=3)
    closes = [10, 11, 10, 11, 10, 11, 12, 13, 12, 12, 11.5, 12]
    #                          equal: no ^  ^ above 11     ^ below the lowest of (13, 12, 12)
    targets = evaluate_targets(strategy, bars_of(closes)).targets
    assert targets.tolist() == [False] * 6 + [True] * 4 + [False] * 2


def test_the_bar_itself_is_not_part_of_the_channel_it_must_leave():
    strategy = DonchianBreakout(entry=5, exit=3)
    highs = [10, 10, 10, 10, 10, 12, 12]  # the close of 11 lies below its own bar's high and still breaks out
    closes = [9, 9, 9, 9, 9, 11, 11]
    assert evaluate_targets(strategy, bars_of(closes, highs=highs)).targets.tolist() == [False] * 5 + [True] * 2


def test_its_warmup_is_the_entry_channel_of_the_bars_before():
    assert evaluate_targets(DonchianBreakout(entry=55, exit=20), bars_of(range(1, 200))).warmup == 55


def test_the_exit_channel_is_not_longer_than_the_entry_channel():
    assert not DonchianBreakout(entry=10, exit=20).valid()
