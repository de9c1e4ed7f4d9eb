"""Amounts of memory as people write them."""

from __future__ import annotations

import pytest

from tickwright.settings.model import Data
from tickwright.settings.units import read_size, size_text


@pytest.mark.parametrize(("text", "size"), [("64KB", 65_536), ("512 mb", 2**29), ("1.5GB", 3 * 2**29), ("1tb", 2**40)])
def test_a_size_is_read_in_powers_of_1024(text: str, size: int) -> None:
    assert read_size(text) == size
    assert read_size(size_text(size)) == size


@pytest.mark.parametrize("value", ["512", "MB", "0MB", "-1GB", "1 kg", 512, None, True])
def test_what_is_no_amount_of_memory_is_refused_with_what_would_be(value: object) -> None:
    with pytest.raises(ValueError, match="512MB or 4GB"):
        read_size(value)


def test_the_setting_comes_back_as_it_was_written() -> None:
    assert Data(memory_budget="512MB").model_dump()["memory_budget"] == "512MB"  # type: ignore[arg-type]
    assert Data().memory_budget is None
