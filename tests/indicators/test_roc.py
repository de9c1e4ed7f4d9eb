import numpy as np
import pytest

from tests.indicators.reference_series import series_b
from tickwright.indicators import roc


def test_published_values_of_series_b():
    change = roc(series_b().close, 10)
    assert np.isnan(change[:10]).all()
    assert change[[10, 100, 251]] == pytest.approx([9.736842105263, -0.790413054564, -0.795892169448], rel=1e-10)


def test_a_hole_between_the_two_values_does_not_matter():
    assert roc([100.0, np.nan, 110.0, 120.0], 2).tolist()[2] == pytest.approx(10.0)


def test_a_hole_at_either_value_makes_it_unknown():
    change = roc([np.nan, 100.0, 110.0, np.inf], 2)
    assert np.isnan(change).all()


def test_a_change_from_zero_is_unknown():
    assert np.isnan(roc([0.0, 1.0], 1)).all()
