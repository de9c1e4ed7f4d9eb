"""Record layouts: aligned, the same in ctypes, and checked by every long-running entry."""

from __future__ import annotations

import numpy as np
import pytest

from tickwright.domain import records
from tickwright.engine.memory import structure_of
from tickwright.kernel import layout
from tickwright.kernel.advance import advance
from tickwright.kernel.jumping import jump
from tickwright.kernel.statistics import extend_statistics

LAYOUTS = {
    name: getattr(module, name)
    for module in (layout, records)
    for name in dir(module)
    if isinstance(getattr(module, name), np.dtype)
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_ctypes_structure_has_the_same_offsets_and_size(name: str) -> None:
    dtype, structure = LAYOUTS[name], structure_of(LAYOUTS[name])
    for field in dtype.names:
        assert getattr(structure, field).offset == dtype.fields[field][1]
    assert dtype.isalignedstruct


@pytest.mark.parametrize("entry", [advance, jump, extend_statistics])
def test_an_entry_refuses_memory_of_another_layout(entry) -> None:  # type: ignore[no-untyped-def]
    context, statistics = np.zeros(1, layout.CONTEXT), np.zeros(64, np.int64)
    context[0]["layout"] = layout.LAYOUT + 1
    argument = statistics.ctypes.data if entry is jump else 0
    assert entry(context.ctypes.data, argument) == layout.WRONG_LAYOUT
