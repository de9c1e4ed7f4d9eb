import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api import top


def test_a_universe_says_how_many_by_what_and_how_often():
    universe = top(20, by="quote_volume_30d", quote="USDT", refresh="1w")
    assert (universe.n, universe.by, universe.quote, universe.refresh.name) == (20, "quote_volume_30d", "USDT", "1w")


def test_an_empty_universe_is_refused():
    with pytest.raises(UsageError, match="0 symbols"):
        top(0)
