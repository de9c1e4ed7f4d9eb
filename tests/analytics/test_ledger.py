"""The ledger by hand, and over random runs: every entry balances, and the account follows from it at every close."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tests.parity.scenarios import Scenario, scenarios
from tests.parity.test_orders import Situation, mode_run, situations
from tests.parity.test_perpetuals import perpetual_situations
from tests.parity.test_targets import mode_run as targets_run
from tickwright.analytics.ledger import Account, Event, Holding, Ledger, ledger
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.market import Market
from tickwright.domain.records import ACCOUNT_EVENT, FILL, ORDER, AccountEventKind
from tickwright.domain.run import RunResult

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
CASH, COIN = 0, 1
SPOT, PERPETUAL = InstrumentId.parse("binance:BTC/USDT"), InstrumentId.parse("binance:BTC/USDT:USDT")


def run_of(
    fills: list[dict[str, int]],
    events: list[dict[str, int]],
    *,
    instrument: InstrumentId = SPOT,
    cash: int,
    position: int,
    last_price: int,
    equity: int,
) -> RunResult:
    """A run of one instrument in whole units: 100,000 of cash to begin with."""
    rows, moves = np.zeros(len(fills), FILL), np.zeros(len(events), ACCOUNT_EVENT)
    for row, values in zip([*rows, *moves], [*fills, *events], strict=True):
        for name, value in values.items():
            row[name] = value
    curve = np.array([100], np.int64)
    return RunResult(
        instruments=(instrument,), price_scales=(0,), quantity_scales=(0,), assets=("USDT", "BTC"), asset_scales=(0, 0),
        cash_asset=CASH, initial_cash=100_000, bars=1, orders=np.zeros(0, ORDER), fills=rows, account_events=moves,
        equity_ts_ns=curve, equity=curve * 0 + equity, exposure=curve * 0, cash=curve * 0 + cash,
        last_price=np.array([last_price]), position=np.array([position]),
    )  # fmt: skip


def readable(book: Ledger) -> list[tuple[str, str, str, int]]:
    """Postings as (event, account, asset, signed amount)."""
    return [
        (Event(row["event"]).name, Account(row["account"]).name, book.result.assets[row["asset"]], int(row["amount"]))
        for row in book.postings
    ]


def test_a_spot_trade_exchanges_two_assets_and_pays_a_fee() -> None:
    fills = [
        {"ts_ns": 1, "side": 1, "quantity": 3, "price": 1000, "fee": 3},
        {"ts_ns": 2, "side": -1, "quantity": 1, "price": 1200, "fee": 2, "sequence": 1},
    ]
    cash = 100_000 - 3000 - 3 + 1200 - 2
    book = ledger(run_of(fills, [], cash=cash, position=2, last_price=1100, equity=cash + 2200))
    assert readable(book) == [
        ("CAPITAL", "WALLET", "USDT", 100_000),
        ("CAPITAL", "CAPITAL", "USDT", -100_000),
        ("FILL", "WALLET", "USDT", -3000),
        ("FILL", "MARKET", "USDT", 3000),
        ("FILL", "WALLET", "BTC", 3),
        ("FILL", "MARKET", "BTC", -3),
        ("FILL", "WALLET", "USDT", -3),
        ("FILL", "FEES", "USDT", 3),
        ("FILL", "WALLET", "USDT", 1200),
        ("FILL", "MARKET", "USDT", -1200),
        ("FILL", "WALLET", "BTC", -1),
        ("FILL", "MARKET", "BTC", 1),
        ("FILL", "WALLET", "USDT", -2),
        ("FILL", "FEES", "USDT", 2),
    ]
    assert book.problems() == []
    assert book.balances[Account.FEES, "USDT"] == (5, 0)
    assert book.equity == cash + 2200


def test_a_fee_in_the_received_asset_leaves_the_wallet_of_that_asset() -> None:
    fills = [{"ts_ns": 1, "side": 1, "quantity": 1000, "price": 10, "fee": 1, "fee_asset": COIN}]
    book = ledger(run_of(fills, [], cash=90_000, position=999, last_price=10, equity=99_990))
    assert (book.balance(Account.WALLET, "BTC"), book.balance(Account.FEES, "BTC")) == (999, 1)
    assert book.problems() == []


def test_a_perpetual_moves_cash_by_what_closing_realises_and_by_funding() -> None:
    fills = [
        {"ts_ns": 1, "side": -1, "quantity": 4, "price": 1000, "fee": 4, "sequence": 0},
        {"ts_ns": 3, "side": 1, "quantity": 1, "price": 900, "fee": 1, "sequence": 2},
        {"ts_ns": 4, "side": 1, "quantity": 5, "price": 1100, "fee": 6, "sequence": 3},
    ]
    funding = {"ts_ns": 2, "amount": 8, "kind": int(AccountEventKind.FUNDING), "sequence": 1}
    # short 4 at 1000; one closed at 900 wins 100; three closed at 1100 lose 300, two opened long at 1100
    cash = 100_000 - 4 + 8 + 100 - 1 - 300 - 6
    run = run_of(fills, [funding], instrument=PERPETUAL, cash=cash, position=2, last_price=1150, equity=cash + 100)
    book = ledger(run)
    assert book.problems() == []
    assert book.balance(Account.FUNDING, "USDT") == -8
    assert book.balance(Account.MARKET, "USDT") == 200
    assert (book.holdings[0].quantity, book.holdings[0].basis) == (2, 2200)
    assert [row[0] for row in readable(book)[2::2]][:3] == ["FILL", "FUNDING", "FILL"]


def test_a_liquidation_s_charges_stand_before_the_fill_they_belong_to() -> None:
    fills = [
        {"ts_ns": 1, "side": 1, "quantity": 10, "price": 1000, "fee": 0, "sequence": 0},
        {"ts_ns": 2, "side": -1, "quantity": 10, "price": 800, "fee": 16, "sequence": 2},
    ]
    paid = {"ts_ns": 2, "amount": 1016, "kind": int(AccountEventKind.INSURANCE), "sequence": 1}
    cash = 100_000 - 2000 - 16 + 1016
    book = ledger(run_of(fills, [paid], instrument=PERPETUAL, cash=cash, position=0, last_price=800, equity=cash))
    assert book.problems() == []
    assert [Event(event).name for event in book.postings["event"][2:]] == ["INSURANCE"] * 2 + ["FILL"] * 4


def test_a_perpetual_s_rounding_lowers_the_profit_of_either_side() -> None:
    long = Holding(divisor=10, is_perpetual=True)
    long.trade(1, 3, 7)  # 2.1 rounds up to 3
    assert (long.basis, long.trade(-1, 1, 7)) == (3, 0 - 1)  # receives 0.7 → 0, a third of 3 is 1
    short = Holding(divisor=10, is_perpetual=True)
    short.trade(-1, 3, 7)  # 2.1 rounds down to 2
    assert (short.basis, short.trade(1, 1, 7)) == (-2, -1)  # pays 0.7 → 1, of -2 a third is -0.67 → 0
    assert (short.basis, short.worth(7)) == (-2, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cash": 1}, "at 100 the wallet holds"),
        ({"position": 1}, "the ledger holds 2 units, the account 3"),
        ({"equity": -5}, "cash and positions are"),
    ],
)
def test_what_does_not_add_up_is_said(change: dict[str, int], said: str) -> None:
    terms = {"cash": 98_000, "position": 2, "last_price": 1100, "equity": 98_000 + 2200}
    fills = [{"ts_ns": 1, "side": 1, "quantity": 2, "price": 1000}]
    assert ledger(run_of(fills, [], **terms)).problems() == []
    wrong = {name: value + change.get(name, 0) for name, value in terms.items()}
    assert any(said in problem for problem in ledger(run_of(fills, [], **wrong)).problems())


def test_a_posting_that_is_missing_is_said() -> None:
    book = ledger(run_of([], [], cash=100_000, position=0, last_price=1, equity=100_000))
    assert "debits of USDT exceed credits" in replace(book, postings=book.postings[:1]).problems()[0]


@QUICK
@given(situation=situations())
def test_random_orders_add_up_at_every_event_and_close(situation: Situation) -> None:
    result, _ = mode_run(situation, "run")
    assert_adds_up(result, situation.market())


@QUICK
@given(scenario=scenarios())
def test_random_targets_add_up_at_every_event_and_close(scenario: Scenario) -> None:
    assert_adds_up(targets_run(scenario, "vector", form="targets"), scenario.market())


@QUICK
@given(situation=perpetual_situations())
def test_random_perpetuals_add_up_at_every_event_and_close(situation: Situation) -> None:
    result, _ = mode_run(situation, "run")
    book = ledger(result)
    assert book.problems() == []
    assert all(sum(amounts) == 0 for amounts in by_entry_and_asset(book).values())


def test_what_a_liquidation_at_an_open_is_charged_comes_after_the_close_of_the_same_time() -> None:
    fills = [
        {"ts_ns": 1, "side": 1, "quantity": 10, "price": 1000, "sequence": 0},
        {"ts_ns": 100, "side": -1, "quantity": 10, "price": 900, "sequence": 2, "at_open": 1},
    ]
    kept = {"ts_ns": 100, "amount": -500, "kind": int(AccountEventKind.LIQUIDATION_FEE), "sequence": 1}
    run = run_of(fills, [kept], instrument=PERPETUAL, cash=100_000, position=0, last_price=900, equity=98_500)
    assert ledger(run).problems() == []


def assert_adds_up(result: RunResult, market: Market) -> None:
    """Debits and credits of every entry; cash, positions at the close and equity at every instant."""
    book = ledger(result)
    assert book.problems() == []
    for _, amounts in by_entry_and_asset(book).items():
        assert sum(amounts) == 0
    walked = Walk(result, market)
    for place, (ts_ns, cash, equity) in enumerate(
        zip(result.equity_ts_ns.tolist(), result.cash.tolist(), result.equity.tolist(), strict=True)
    ):
        assert walked.until(ts_ns) == (cash, equity), place
    assert book.entries == 1 + len(result.fills) + len(result.account_events)


def by_entry_and_asset(book: Ledger) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for row in book.postings:
        found.setdefault((int(row["entry"]), int(row["asset"])), []).append(int(row["amount"]))
    return found


class Walk:
    """Wallets after every entry, valued at the closes of the candles, without the ledger's own sums."""

    def __init__(self, result: RunResult, market: Market) -> None:
        self.result, self.market = result, market
        self.rows, self.place = ledger(result).postings, 0
        self.wallets = [0] * len(result.assets)

    def until(self, ts_ns: int) -> tuple[int, int]:
        """Cash and equity at a close; an open of the same time comes after it."""
        while self.place < len(self.rows) and self._seen(self.rows[self.place]) <= ts_ns:
            row = self.rows[self.place]
            if row["account"] == Account.WALLET:
                self.wallets[int(row["asset"])] += int(row["amount"])
            self.place += 1
        equity = self.wallets[CASH]
        for bars, price_scale, quantity_scale in zip(
            self.market.bars, self.market.price_scales, self.market.quantity_scales, strict=True
        ):
            closed = int(np.searchsorted(bars.open_time_ns + bars.timeframe.length_ns, ts_ns, side="right"))
            price = int(bars.close[closed - 1]) if closed else 0
            held = self.wallets[self.result.assets.index(bars.key.instrument.base)]
            equity += held * price // 10 ** (price_scale + quantity_scale - self.result.asset_scales[CASH])
        return self.wallets[CASH], equity

    def _seen(self, row: Any) -> int:
        return int(row["ts_ns"]) + int(row["at_open"])


def test_amounts_of_a_frame_are_exact_decimals() -> None:
    from tickwright.bootstrap.ledger_view import LedgerView

    fills = [{"ts_ns": 1, "side": 1, "quantity": 2, "price": 1000, "fee": 2}]
    run = replace(
        run_of(fills, [], cash=97_998, position=2, last_price=1000, equity=99_998),
        asset_scales=(2, 3),
        price_scales=(1,),
    )
    view = LedgerView.of(replace(run, quantity_scales=(1,)))
    frame = view.frame()
    assert frame["debit"].drop_nulls().sum() == frame["credit"].drop_nulls().sum()
    assert frame.filter(frame["account"] == "fees")["debit"].to_list() == [Decimal("0.02")]
    assert frame.filter((frame["account"] == "wallet") & (frame["asset"] == "BTC"))["debit"][0] == Decimal("0.002")
