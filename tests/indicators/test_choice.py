import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tickwright.indicators.choice import choice

numbers = st.sampled_from([0.0, -0.0, 0.02, -1.5, float("nan"), float("inf")])


@given(arrays(np.bool_, array_shapes(max_dims=2, min_side=0)), numbers, numbers)
def test_it_is_the_choice_that_numpy_makes_to_the_last_bit(condition, then, otherwise):
    for asked in (condition, condition.T):
        expected = np.where(asked, then, otherwise)
        assert choice(asked, then, otherwise).tobytes() == expected.tobytes()
        assert choice(asked, then, otherwise).shape == expected.shape
