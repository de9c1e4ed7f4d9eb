"""An instrument as a document and back, and what is known of one beside what is said of it now; for all catalogues.

Invariants: a rule that changed becomes a new dated rule and the old one stays; a fact that a source does not say stays
known; numbers are decimal text, so nothing is lost on the way. A document of an older format reads as one without what
it did not have.
Known limit: when an exchange says no dates, a delisting and a new listing are dated by when they were first seen.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import MaintenanceTier

FORMAT_VERSION = 2
"""Version 2 has margin tiers, pauses and former names; a document of version 1 is read as one without them."""


def merged_instrument(known: Instrument | None, now: Instrument, observed_ns: int) -> Instrument:
    """What is known with what is said now: a changed rule is dated and added, other facts take their new value."""
    if known is None:
        return now
    latest, said = known.rules[-1], now.rules[-1]
    same = replace(said, valid_from_ns=latest.valid_from_ns) == latest
    rules = known.rules if same else (*known.rules, replace(said, valid_from_ns=observed_ns))
    delisted = known.delisted_ns if now.delisted_ns is None else now.delisted_ns
    pauses = known.pauses
    if delisted is not None and now.status == "trading" and delisted < observed_ns:
        pauses, delisted = (*pauses, (delisted, observed_ns)), None
    return replace(
        now,
        rules=rules,
        maker_fee=known.maker_fee if now.maker_fee is None else now.maker_fee,
        taker_fee=known.taker_fee if now.taker_fee is None else now.taker_fee,
        listed_ns=min((listed for listed in (known.listed_ns, now.listed_ns) if listed is not None), default=None),
        delisted_ns=delisted,
        tiers=now.tiers or known.tiers,
        liquidation_fee=now.liquidation_fee or known.liquidation_fee,
        keeps_leftover=now.keeps_leftover or known.keeps_leftover,
        pauses=pauses,
        formerly=known.formerly,
    )


def instrument_document(instrument: Instrument) -> dict[str, Any]:
    """All that is known of an instrument but its exchange, in plain values."""
    return {
        "id": [instrument.id.base, instrument.id.quote, instrument.id.settle],
        "kind": instrument.kind,
        "status": instrument.status,
        "contract_size": str(instrument.contract_size),
        "maker_fee": _optional_text(instrument.maker_fee),
        "taker_fee": _optional_text(instrument.taker_fee),
        "listed_ns": instrument.listed_ns,
        "delisted_ns": instrument.delisted_ns,
        "source": instrument.source,
        "tiers": [[str(tier.notional_above), str(tier.rate), str(tier.amount)] for tier in instrument.tiers],
        "liquidation_fee": str(instrument.liquidation_fee),
        "keeps_leftover": instrument.keeps_leftover,
        "pauses": [list(pause) for pause in instrument.pauses],
        "formerly": [
            {"id": [former.id.base, former.id.quote, former.id.settle], "until_ns": former.until_ns}
            for former in instrument.formerly
        ],
        "rules": [_rule_document(rule) for rule in instrument.rules],
    }


def _rule_document(rule: TradingRules) -> dict[str, Any]:
    return {
        "valid_from_ns": rule.valid_from_ns,
        "tick": str(rule.tick),
        "lot": str(rule.lot),
        "min_notional": str(rule.min_notional),
        "min_quantity": str(rule.min_quantity),
        "max_quantity": _optional_text(rule.max_quantity),
    }


def parsed_instrument(exchange: str, entry: dict[str, Any]) -> Instrument:
    """The instrument of a document; raises `LookupError`, `TypeError`, `ValueError` or `ArithmeticError`."""
    identity = InstrumentId(exchange, *entry["id"])
    kind: Literal["spot", "perpetual"] = entry["kind"]
    status: Literal["trading", "halted", "delisted"] = entry["status"]
    return Instrument(
        identity,
        tuple(_parsed_rule(rule) for rule in entry["rules"]),
        kind,
        status,
        Decimal(entry["contract_size"]),
        _optional_decimal(entry["maker_fee"]),
        _optional_decimal(entry["taker_fee"]),
        entry["listed_ns"],
        entry["delisted_ns"],
        entry["source"],
        tuple(MaintenanceTier(*map(Decimal, tier)) for tier in entry.get("tiers", ())),
        Decimal(entry.get("liquidation_fee", 0)),
        entry.get("keeps_leftover", False),
        tuple((int(start), int(end)) for start, end in entry.get("pauses", ())),
        tuple(
            FormerName(int(former["until_ns"]), InstrumentId(exchange, *former["id"]))
            for former in entry.get("formerly", ())
        ),
    )


def _parsed_rule(entry: dict[str, Any]) -> TradingRules:
    return TradingRules(
        valid_from_ns=entry["valid_from_ns"],
        tick=Decimal(entry["tick"]),
        lot=Decimal(entry["lot"]),
        min_notional=Decimal(entry["min_notional"]),
        min_quantity=Decimal(entry["min_quantity"]),
        max_quantity=_optional_decimal(entry["max_quantity"]),
    )


def _optional_text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _optional_decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
