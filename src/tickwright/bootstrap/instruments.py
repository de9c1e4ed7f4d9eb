"""What is known of instruments, with dates: shown, and corrected by a person where an exchange does not say it.

Invariants: a note changes what it names and nothing else; dates are in order or the note is refused; holes of stored
series are judged anew by what is known now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tickwright.bootstrap.project import Project
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.timestamp import iso, parse_instant
from tickwright.ingest.gap_map import explain_gaps


@dataclass(frozen=True, slots=True)
class InstrumentNote:
    """Facts to note, as typed: instants, decimals and a symbol in text, None where nothing is said.

    `relisted` ends the delisting noted before or with it; `formerly` is the name until `renamed`; `tick`, `lot` and
    `min_notional` are in force from `since` on.
    """

    listed: str | None = None
    delisted: str | None = None
    relisted: str | None = None
    formerly: str | None = None
    renamed: str | None = None
    tick: str | None = None
    lot: str | None = None
    min_notional: str | None = None
    since: str | None = None

    def says_something(self) -> bool:
        """Whether there is any fact in it."""
        return any(getattr(self, name) is not None for name in self.__slots__)


def known_instrument(project: Project, identity: InstrumentId) -> dict[str, Any]:
    """What the catalogue knows of an instrument; raises `DataMissing` where that is nothing."""
    known = project.catalogue.find(identity)
    if known is None:
        hint = f"`tickwright data fetch --symbol {identity}` asks the exchange; a note such as --tick begins one."
        raise DataMissing(f"nothing is known of {identity}", where=str(project.home), hint=hint)
    return _document(known)


def note_instrument(project: Project, identity: InstrumentId, note: InstrumentNote) -> dict[str, Any]:
    """Keep a person's facts about an instrument and judge the holes of its series anew; raises `UsageError`."""
    known = project.catalogue.find(identity)
    if known is None:
        if note.tick is None:
            sentence = f"nothing is known of {identity}, and the note says no tick"
            raise UsageError(sentence, where="--tick", expected="the smallest step of its price")
        first = _rules(note, TradingRules(0, Decimal(1)))
        known = Instrument(identity, (first,), "perpetual" if identity.settle else "spot", source="noted")
    noted = _demand_order(_noted(known, note))
    project.catalogue.keep(noted)
    keys = [key for key in project.history.keys() if key.instrument == identity]  # noqa: SIM118 - a store is no dict
    for key in keys:
        if key.timeframe is not None:
            explain_gaps(project.history, key, noted)
    return _document(noted)


def _noted(known: Instrument, note: InstrumentNote) -> Instrument:
    listed, delisted, pauses = known.listed_ns, known.delisted_ns, known.pauses
    status, formerly, rules = known.status, known.formerly, known.rules
    if note.listed is not None:
        listed = parse_instant(note.listed, where="--listed")
    if note.delisted is not None:
        delisted, status = parse_instant(note.delisted, where="--delisted"), "delisted"
    if note.relisted is not None:
        if delisted is None:
            raise UsageError("it was never delisted", where="--relisted", expected="--delisted as well")
        again = parse_instant(note.relisted, where="--relisted")
        pauses, delisted, status = (*pauses, (delisted, again)), None, "trading"
    if note.formerly is not None or note.renamed is not None:
        if note.formerly is None or note.renamed is None:
            raise UsageError("a renaming is a name and a day", where="--formerly", expected="--formerly and --renamed")
        former = InstrumentId.parse(note.formerly, exchange=known.id.exchange, where="--formerly")
        formerly = tuple(sorted({*formerly, FormerName(parse_instant(note.renamed, where="--renamed"), former)}))
    if note.tick is not None or note.lot is not None or note.min_notional is not None:
        rules = _with_rules(known.rules, note)
    return replace(
        known,
        rules=rules,
        status=status,
        listed_ns=listed,
        delisted_ns=delisted,
        pauses=tuple(sorted(pauses)),
        formerly=formerly,
    )


def _with_rules(rules: Sequence[TradingRules], note: InstrumentNote) -> tuple[TradingRules, ...]:
    """Dated rules with those of a note, in place of any of the same instant."""
    since = 0 if note.since is None else parse_instant(note.since, where="--since")
    before = [rule for rule in rules if rule.valid_from_ns <= since] or [rules[0]]
    mine = _rules(note, replace(before[-1], valid_from_ns=since))
    return tuple(sorted([*(rule for rule in rules if rule.valid_from_ns != since), mine], key=_from))


def _rules(note: InstrumentNote, before: TradingRules) -> TradingRules:
    return replace(
        before,
        valid_from_ns=before.valid_from_ns if note.since is None else parse_instant(note.since, where="--since"),
        tick=before.tick if note.tick is None else _positive(note.tick, "--tick"),
        lot=before.lot if note.lot is None else _positive(note.lot, "--lot"),
        min_notional=before.min_notional
        if note.min_notional is None
        else _positive(note.min_notional, "--min-notional"),
    )


def _from(rule: TradingRules) -> int:
    return rule.valid_from_ns


def _positive(text: str, flag: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0:
        raise UsageError(f"{text!r} is no step or amount", where=flag, expected="a number above 0")
    return value


def _demand_order(noted: Instrument) -> Instrument:
    """Refuse listings, pauses and a delisting that overlap or run backwards."""
    bounds = [noted.listed_ns, *(bound for pause in noted.pauses for bound in pause), noted.delisted_ns]
    told = [bound for bound in bounds if bound is not None]
    if told != sorted(told) or len(set(told)) < len(told):
        dates = ", ".join(iso(bound) for bound in told)
        expected = "listed, delisted and listed again one after the other"
        raise UsageError(f"the dates run backwards: {dates}", where=str(noted.id), expected=expected)
    return noted


def _document(known: Instrument) -> dict[str, Any]:
    return {
        "instrument": str(known.id),
        "kind": known.kind,
        "status": known.status,
        "listed": None if known.listed_ns is None else iso(known.listed_ns),
        "delisted": None if known.delisted_ns is None else iso(known.delisted_ns),
        "pauses": [{"delisted": iso(start), "listed": iso(end)} for start, end in known.pauses],
        "formerly": [{"name": str(former.id), "until": iso(former.until_ns)} for former in known.formerly],
        "rules": [
            {
                "since": iso(rule.valid_from_ns),
                "tick": f"{rule.tick:f}",
                "lot": f"{rule.lot:f}",
                "min_notional": f"{rule.min_notional:f}",
            }
            for rule in known.rules
        ],
        "source": known.source,
    }
