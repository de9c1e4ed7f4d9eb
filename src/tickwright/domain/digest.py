"""The two fingerprints of a run, fills and account events, made so that anyone can recompute them from exported tables.

Invariant: the fills digest covers time, instrument, side, price, quantity, fee and its asset, and liquidity, as plain
decimal text in canonical order (time, exchange, symbol, match sequence); scales, tags and reasons do not enter it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tickwright.domain.instrument import InstrumentId
from tickwright.domain.money import amount_text
from tickwright.domain.records import AccountEventKind, Liquidity, Side


def fills_digest(
    fills: npt.NDArray[np.void],
    instruments: Sequence[InstrumentId],
    assets: Sequence[str],
    price_scales: Sequence[int],
    quantity_scales: Sequence[int],
    asset_scales: Sequence[int],
) -> str:
    """SHA-256 over one line per fill: `ts_ns|instrument|side|price|quantity|fee|asset|liquidity`.

    The scales are decimals per instrument (price, quantity) and per asset (fee).
    """
    rank = {identity: place for place, identity in enumerate(sorted(instruments))}
    ranks = np.array([rank[identity] for identity in instruments], np.int64)
    order = np.lexsort((fills["sequence"], ranks[fills["instrument"]], fills["ts_ns"]))
    digest = hashlib.sha256()
    for fill in fills[order]:
        place, asset = int(fill["instrument"]), int(fill["fee_asset"])
        line = "|".join(
            (
                str(int(fill["ts_ns"])),
                str(instruments[place]),
                Side(int(fill["side"])).name.lower(),
                amount_text(fill["price"], price_scales[place]),
                amount_text(fill["quantity"], quantity_scales[place]),
                amount_text(fill["fee"], asset_scales[asset]),
                assets[asset],
                Liquidity(int(fill["liquidity"])).name.lower(),
            )
        )
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def account_digest(
    events: npt.NDArray[np.void],
    instruments: Sequence[InstrumentId],
    assets: Sequence[str],
    asset_scales: Sequence[int],
) -> str:
    """SHA-256 over one line per account event: `ts_ns|kind|instrument|asset|amount`, in canonical order.

    The instrument is empty for events of the account alone; the order is (time, instrument, sequence).
    """

    def name(place: int) -> str:
        return str(instruments[place]) if place >= 0 else ""

    rows = sorted(
        (int(event["ts_ns"]), name(int(event["instrument"])), int(event["sequence"]), index)
        for index, event in enumerate(events)
    )
    digest = hashlib.sha256()
    for ts_ns, instrument, _, index in rows:
        event = events[index]
        asset = int(event["asset"])
        kind = AccountEventKind(int(event["kind"])).name.lower()
        amount = amount_text(event["amount"], asset_scales[asset])
        digest.update(f"{ts_ns}|{kind}|{instrument}|{assets[asset]}|{amount}\n".encode())
    return digest.hexdigest()
