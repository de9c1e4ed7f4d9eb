"""The exam every instrument catalogue passes: the promises of `ports.InstrumentCatalogue`, each asked by one question.

A catalogue that breaks a promise fails with a `CheckFailed` that names it. The caller's `open_catalogue(name)` opens
the catalogue called `name`: an empty one the first time, the same facts ever after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tickwright.domain.errors import CheckFailed
from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import MaintenanceTier
from tickwright.ports import InstrumentCatalogue

OpenCatalogue = Callable[[str], InstrumentCatalogue]

_ID = InstrumentId.parse("exam:SOL/USDT:USDT")
_RULES = TradingRules(
    0, Decimal("0.0001"), Decimal("0.001"), Decimal(5), Decimal("0.001"), Decimal("90000.123456789012345678")
)


def check_catalogue(open_catalogue: OpenCatalogue) -> None:
    """Put a catalogue through every question; raises `CheckFailed` at the first broken promise."""
    for name, question in CATALOGUE_QUESTIONS.items():
        question(open_catalogue, name)


def example_instrument(tick: str = "0.0001", **facts: object) -> Instrument:
    """A perpetual with every kind of fact, as a source says it; `facts` replace some."""
    said = Instrument(
        _ID,
        (replace(_RULES, tick=Decimal(tick)),),
        "perpetual",
        contract_size=Decimal("0.1"),
        maker_fee=Decimal("-0.0001"),
        taker_fee=Decimal("0.0005"),
        listed_ns=17,
        source="exam",
        tiers=(MaintenanceTier(Decimal(0), Decimal("0.004"), Decimal(0)),),
    )
    return replace(said, **facts)  # type: ignore[arg-type]


def _what_is_recorded_is_found_to_the_last_digit(open_catalogue: OpenCatalogue, name: str) -> None:
    said = example_instrument()
    _demand(open_catalogue(name).record([said], 100) == 1, name, "a new instrument was not counted as one")
    _demand(open_catalogue(name).find(_ID) == said, name, f"what was found is {open_catalogue(name).find(_ID)}")
    _demand(list(open_catalogue(name).instruments("exam")) == [said], name, "it is not among those of its exchange")


def _the_same_again_changes_nothing(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    catalogue.record([example_instrument()], 100)
    _demand(catalogue.record([example_instrument()], 900) == 0, name, "the same facts were counted as news")
    _demand(catalogue.find(_ID) == example_instrument(), name, "the same facts changed what is known")


def _a_changed_rule_is_dated_and_the_former_one_stays(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    catalogue.record([example_instrument("0.0001")], 100)
    _demand(catalogue.record([example_instrument("0.01")], 900) == 1, name, "a changed tick was no news")
    known = open_catalogue(name).find(_ID)
    ticks = [] if known is None else [str(known.rules_at(instant).tick) for instant in (0, 899, 900)]
    _demand(ticks == ["0.0001", "0.0001", "0.01"], name, f"the ticks in time are {ticks}")


def _facts_a_source_does_not_say_stay_known(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    catalogue.record([example_instrument()], 100)
    catalogue.record([example_instrument(maker_fee=None, listed_ns=None, tiers=())], 200)
    _demand(catalogue.find(_ID) == example_instrument(), name, f"known is {catalogue.find(_ID)}")


def _a_delisting_and_a_new_listing_leave_a_pause(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    catalogue.record([example_instrument(delisted_ns=500, status="delisted")], 600)
    catalogue.record([example_instrument()], 900)
    known = open_catalogue(name).find(_ID)
    _demand(known is not None and known.pauses == ((500, 900),), name, f"known is {known}")
    _demand(known is not None and known.delisted_ns is None, name, "it is still delisted")


def _what_is_kept_replaces_what_was_known(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    catalogue.record([example_instrument()], 100)
    former = FormerName(50, InstrumentId.parse("exam:OLD/USDT:USDT"))
    kept = example_instrument("0.5", formerly=(former,), pauses=((3, 4),))
    catalogue.keep(kept)
    _demand(open_catalogue(name).find(_ID) == kept, name, f"known is {open_catalogue(name).find(_ID)}")


def _what_is_not_known_is_none(open_catalogue: OpenCatalogue, name: str) -> None:
    catalogue = open_catalogue(name)
    _demand(
        catalogue.find(_ID) is None and not catalogue.instruments("exam"), name, "an empty catalogue knows something"
    )
    other = example_instrument(id=InstrumentId.parse("other:SOL/USDT:USDT"))
    catalogue.record([other, example_instrument()], 1)
    _demand(list(catalogue.instruments("other")) == [other], name, "exchanges touch each other")
    _demand(catalogue.find(replace(_ID, settle="")) is None, name, "a coin was taken for a contract")


CATALOGUE_QUESTIONS: dict[str, Callable[[OpenCatalogue, str], None]] = {
    question.__name__.strip("_"): question
    for question in (
        _what_is_recorded_is_found_to_the_last_digit,
        _the_same_again_changes_nothing,
        _a_changed_rule_is_dated_and_the_former_one_stays,
        _facts_a_source_does_not_say_stay_known,
        _a_delisting_and_a_new_listing_leave_a_pause,
        _what_is_kept_replaces_what_was_known,
        _what_is_not_known_is_none,
    )
}
"""Every question by its name; a test may ask them one by one."""


def _demand(kept: bool, name: str, difference: str) -> None:
    if not kept:
        raise CheckFailed(
            f"the catalogue breaks a promise: {difference}",
            where=name.replace("_", " "),
            expected="what ports.InstrumentCatalogue says",
        )
