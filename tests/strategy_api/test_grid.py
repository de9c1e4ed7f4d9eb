import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import Strategy, integer, real
from tickwright.strategy_api.grid import expand_grid


class Cross(Strategy):
    """Two averages."""

    fast = integer(20, low=2, high=200)
    slow = integer(50, low=3, high=400)
    threshold = real(0.01, low=0, high=0.5)
    seed = integer(1, optimize=False)

    def valid(self):
        return self.fast < self.slow

    def targets(self, bars, ind):
        return bars.close > 0


def test_a_range_includes_both_ends():
    grid = expand_grid(Cross, {"fast": "5:20:5", "slow": "50,100"})
    assert [trial["fast"] for trial in grid] == [5, 5, 10, 10, 15, 15, 20, 20]
    assert grid.invalid == 0


def test_invalid_combinations_are_skipped_and_counted():
    grid = expand_grid(Cross, {"fast": "10:60:10", "slow": [30, 50]})
    assert len(grid) == 6
    assert grid.invalid == 6
    assert all(trial["fast"] < trial["slow"] for trial in grid)


def test_fixed_parameters_take_part_in_validity():
    assert len(expand_grid(Cross, {"fast": "10,100"}, {"slow": 150})) == 2


def test_real_ranges_do_not_drift():
    grid = expand_grid(Cross, {"threshold": "0.1:0.3:0.1"})
    assert [trial["threshold"] for trial in grid] == [0.1, 0.2, 0.3]


def test_a_value_named_twice_is_one_trial():
    assert len(expand_grid(Cross, {"fast": "5,5,6"})) == 2


def test_a_grid_without_axes_is_the_defaults_once():
    assert list(expand_grid(Cross, {})) == [{}]


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ({"fats": "1,2"}, "Did you mean fast"),
        ({"fast": "0,5"}, "'0' does not fit"),
        ({"fast": "5:1:1"}, "empty range"),
        ({"fast": "5:9:0"}, "empty range"),
        ({"fast": "a:b"}, "not a range"),
        ({"fast": "1:2:3:4"}, "not a range"),
        ({"fast": ","}, "without values"),
        ({"seed": "1,2"}, "optimize=False"),
    ],
)
def test_a_wrong_axis_is_one_sentence(axes, sentence):
    with pytest.raises(UsageError, match=sentence):
        expand_grid(Cross, axes)
