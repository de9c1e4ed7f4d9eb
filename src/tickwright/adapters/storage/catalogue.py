"""The instrument catalogue in a directory: one JSON file per exchange, with every rule that ever held and from when.

Invariants: a rule that changed becomes a new dated rule and the old one stays; a file is replaced in one durable
step, so a kill leaves the old or the new catalogue; processes that record at the same time take turns. An instrument
that was delisted and is listed again has a pause from the one to the other.
Known limit: when an exchange says no dates, a delisting and a new listing are dated by when they were first seen.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import orjson

from tickwright.adapters.storage.durable_file import make_directory, remove_temporaries, write_failure, write_file
from tickwright.domain.errors import DataError, StoreDamaged
from tickwright.domain.instrument import FormerName, Instrument, InstrumentId, TradingRules
from tickwright.domain.margin import MaintenanceTier

FORMAT_VERSION = 2
"""Version 2 has margin tiers, pauses and former names; a file of version 1 is read as one without them."""


class FileCatalogue:
    """Instruments under one directory; one that does not exist is an empty catalogue."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def record(self, instruments: Sequence[Instrument], observed_ns: int) -> int:
        """Keep what exchanges say now; returns how many instruments are new or changed.

        The rules in force of an instrument are the last of its own; where they differ from the last ones known, they
        hold from `observed_ns` on. Raises `StoreWriteFailed`, the catalogue is then as it was.
        """
        changed = 0
        for exchange in sorted({instrument.id.exchange for instrument in instruments}):
            with self._turn(exchange):
                known = self._load(exchange)
                after = dict(known)
                for instrument in instruments:
                    if instrument.id.exchange == exchange:
                        after[instrument.id] = _merged(after.get(instrument.id), instrument, observed_ns)
                news = sum(after[identity] != known.get(identity) for identity in after)
                if news:
                    write_file(self._path(exchange), _content(after))
                changed += news
        return changed

    def keep(self, instrument: Instrument) -> None:
        """Keep an instrument exactly as it is given, in place of what was known; raises `StoreWriteFailed`."""
        with self._turn(instrument.id.exchange):
            known = self._load(instrument.id.exchange)
            if known.get(instrument.id) != instrument:
                write_file(self._path(instrument.id.exchange), _content({**known, instrument.id: instrument}))

    def find(self, instrument: InstrumentId) -> Instrument | None:
        """What is known of an instrument, or None."""
        return self._load(instrument.exchange).get(instrument)

    def instruments(self, exchange: str) -> Sequence[Instrument]:
        """Every instrument known of an exchange, sorted."""
        known = self._load(exchange)
        return [known[identity] for identity in sorted(known)]

    @contextlib.contextmanager
    def _turn(self, exchange: str) -> Iterator[None]:
        """Wait for the right to change an exchange's file; it is held for one small write and ends with the process."""
        make_directory(self._directory)
        path = self._directory / f".{exchange}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as failure:
            raise write_failure(failure, path) from failure
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            remove_temporaries(self._directory, f"{exchange}.json")
            yield
        finally:
            os.close(descriptor)

    def _load(self, exchange: str) -> dict[InstrumentId, Instrument]:
        path = self._path(exchange)
        try:
            document: dict[str, Any] = orjson.loads(path.read_bytes())
            if document["format"] > FORMAT_VERSION:
                raise DataError(
                    f"the catalogue has format {document['format']}",
                    where=str(path),
                    expected=f"format {FORMAT_VERSION}",
                )
            found = (_parsed(InstrumentId(exchange, *entry["id"]), entry) for entry in document["instruments"])
            return {instrument.id: instrument for instrument in found}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as failure:
            hint = "Remove the file; the next `tickwright data fetch` writes a new one, without the older rules."
            raise StoreDamaged(
                "the catalogue is not readable", where=str(path), expected="JSON as the catalogue wrote it", hint=hint
            ) from failure

    def _path(self, exchange: str) -> Path:
        return self._directory / f"{exchange}.json"


def _merged(known: Instrument | None, now: Instrument, observed_ns: int) -> Instrument:
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


def _content(instruments: dict[InstrumentId, Instrument]) -> bytes:
    entries = [_document(instruments[identity]) for identity in sorted(instruments)]
    return orjson.dumps({"format": FORMAT_VERSION, "instruments": entries}, option=orjson.OPT_INDENT_2)


def _document(instrument: Instrument) -> dict[str, Any]:
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


def _parsed(identity: InstrumentId, entry: dict[str, Any]) -> Instrument:
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
            FormerName(int(former["until_ns"]), InstrumentId(identity.exchange, *former["id"]))
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
