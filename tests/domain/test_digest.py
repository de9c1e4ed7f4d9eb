"""The fingerprint of fills: equal for equal trading, whatever the scales and the order, recomputable by hand."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tickwright.domain.digest import account_digest, fills_digest
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.records import ACCOUNT_EVENT, FILL, AccountEventKind

BTC, ETH = InstrumentId("binance", "BTC", "USDT"), InstrumentId("binance", "ETH", "USDT")


def two_fills() -> np.ndarray:
    fills = np.zeros(2, FILL)
    fills["ts_ns"], fills["instrument"], fills["side"] = (1000, 1000), (0, 1), (1, -1)
    fills["price"], fills["quantity"], fills["fee"] = (4_200_050, 2_000), (150_000_000, 30_000_000), (63, 1)
    return fills


def digest(
    fills: np.ndarray, names: tuple[InstrumentId, ...] = (BTC, ETH), price_scales: tuple[int, ...] = (2, 2)
) -> str:
    return fills_digest(fills, names, ("USDT",), price_scales, (8, 8), (4,))


def test_it_is_the_hash_of_lines_anyone_can_write() -> None:
    lines = (
        "1000|binance:BTC/USDT|buy|42000.5|1.5|0.0063|USDT|taker\n1000|binance:ETH/USDT|sell|20|0.3|0.0001|USDT|taker\n"
    )
    assert digest(two_fills()) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_order_of_instruments_and_rows_and_the_scales_do_not_enter() -> None:
    fills = two_fills()
    turned = fills[::-1].copy()
    turned["instrument"] = 1 - turned["instrument"]
    finer = fills.copy()
    finer["price"] *= 1000
    assert digest(turned, (ETH, BTC)) == digest(finer, price_scales=(5, 5)) == digest(fills)


@pytest.mark.parametrize("column", ["ts_ns", "side", "price", "quantity", "fee", "liquidity"])
def test_one_changed_value_changes_it(column: str) -> None:
    changed = two_fills()
    changed[column][0] = -1 if column == "side" else changed[column][0] + 1
    assert digest(changed) != digest(two_fills())


@pytest.mark.parametrize("column", ["tag", "reason", "order_id", "spread_cost", "reference_price"])
def test_tags_reasons_and_cost_parts_do_not_enter(column: str) -> None:
    changed = two_fills()
    changed[column][0] += 1
    assert digest(changed) == digest(two_fills())


def test_account_events_are_lines_in_order_of_time() -> None:
    events = np.zeros(2, ACCOUNT_EVENT)
    events["ts_ns"], events["amount"], events["instrument"] = (7, 5), (-25, 100), (0, -1)
    events["kind"] = (AccountEventKind.FUNDING, AccountEventKind.TRANSFER)
    lines = "5|transfer||USDT|0.01\n7|funding|binance:BTC/USDT|USDT|-0.0025\n"
    assert account_digest(events, (BTC,), ("USDT",), (4,)) == hashlib.sha256(lines.encode()).hexdigest()
