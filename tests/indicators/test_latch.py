import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickwright.indicators.latch import Latch, latch

pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(pairs)
def test_batch_is_the_online_update(rows):
    online = Latch()
    entries, exits = np.array(rows).T
    assert latch(entries, exits).tolist() == [online.update(entry, leave) for entry, leave in rows]


def test_where_both_come_together_the_exit_wins():
    both = np.array([True])
    assert latch(both, both).tolist() == [False]


def test_columns_are_latches_of_their_own_and_nothing_has_none():
    entries = np.array([[True, False], [False, True]])
    assert latch(entries, np.zeros((2, 2), bool)).tolist() == [[True, False], [True, True]]
    assert latch(np.zeros(0, bool), np.zeros(0, bool)).shape == (0,)
    assert latch(np.zeros((3, 0), bool), np.zeros((3, 0), bool)).shape == (3, 0)
