import numpy as np
import pytest

from tickwright.domain.errors import UsageError
from tickwright.strategy_api.indicator_arrays import Indicators


def test_arrays_are_read_as_attributes_and_as_items():
    ind = Indicators({"fast": np.ones(2)})
    assert ind.fast is ind["fast"]
    assert list(ind) == ["fast"]
    assert len(ind) == 1
    assert "fast" in ind


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean fast"):
        _ = Indicators({"fast": np.ones(2)}).fats


def test_python_may_ask_for_its_own_names():
    assert not hasattr(Indicators({}), "__array__")
