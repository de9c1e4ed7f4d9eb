"""What was probably meant."""

from tickwright.domain.spelling import did_you_mean, nearest


def test_case_does_not_matter() -> None:
    assert nearest("smacross", ["SmaCross"]) == "SmaCross"


def test_nothing_known_gives_no_hint() -> None:
    assert did_you_mean("x", []) == ""
