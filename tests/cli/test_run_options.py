"""What several commands read alike from their flags."""

from __future__ import annotations

from inspect import signature

import pytest

from tickwright.cli.run_options import assignments, overrides
from tickwright.domain.errors import UsageError
from tickwright.settings.model import Settings


def test_assignments_keep_their_order_and_trim_blanks() -> None:
    assert list(assignments(["slow = 50", "fast=5:50:5"], "--grid").items()) == [("slow", "50"), ("fast", "5:50:5")]
    assert assignments(None, "--param") == {}


@pytest.mark.parametrize("word", ["fast", "fast=", "=5", " = ", ""])
def test_what_is_no_assignment_is_refused(word) -> None:
    with pytest.raises(UsageError, match=r"--param: .* is not an assignment; expected NAME=VALUE"):
        assignments([word], "--param")


def test_every_flag_that_overrides_a_setting_names_one() -> None:
    for key in overrides(**dict.fromkeys(signature(overrides).parameters, "1")):
        section, name = key.split(".")
        assert name in type(getattr(Settings(), section)).model_fields
