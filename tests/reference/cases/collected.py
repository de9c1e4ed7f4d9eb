"""Every worked example of the rule book."""

from tests.reference.cases import dated_rules, inside_range, limits, marks, perpetuals, stops, taking
from tests.reference.cases.case import Case

ALL: list[Case] = [
    *dated_rules.CASES,
    *taking.CASES,
    *limits.CASES,
    *stops.CASES,
    *marks.CASES,
    *inside_range.CASES,
    *perpetuals.CASES,
]
