"""The callback job in NautilusTrader: its Python strategy on its event-driven engine, bars in memory.

A market order sent in `on_bar` fills at that bar's close, which in these candles is the next open. Its account, risk
engine and cache stay on, as its users run it; logging is off. Building the bars is left out of the time.
"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
from jobs import CALLBACK_BARS, CASH, FEE, SLOW_WINDOWS, candles
from measuring import chosen, measure
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model import BarType, InstrumentId, Money, Symbol, Venue
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.enums import AccountType, CurrencyType, OmsType, OrderSide
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Currency, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("BENCH")
BASE = Currency("SEE", 8, 0, "SEE", CurrencyType.CRYPTO)
INSTRUMENT = CurrencyPair(
    instrument_id=InstrumentId(Symbol("SEEUSDT"), VENUE),
    raw_symbol=Symbol("SEEUSDT"),
    base_currency=BASE,
    quote_currency=USDT,
    price_precision=2,
    size_precision=8,
    price_increment=Price.from_str("0.01"),
    size_increment=Quantity.from_str("0.00000001"),
    ts_event=0,
    ts_init=0,
    maker_fee=Decimal(str(FEE)),
    taker_fee=Decimal(str(FEE)),
)
BARS = BarType.from_str("SEEUSDT.BENCH-1-HOUR-LAST-EXTERNAL")


class Cross(Strategy):
    """Hold while the fast average is above the slow one."""

    def __init__(self, fast, slow):
        super().__init__(StrategyConfig())
        self.fast, self.slow = SimpleMovingAverage(fast), SimpleMovingAverage(slow)

    def on_start(self):
        self.register_indicator_for_bars(BARS, self.fast)
        self.register_indicator_for_bars(BARS, self.slow)
        self.subscribe_bars(BARS)

    def on_bar(self, bar):
        if not self.slow.initialized:
            return
        if self.fast.value > self.slow.value:
            if self.portfolio.is_flat(INSTRUMENT.id):
                cash = self.portfolio.account(VENUE).balance_free(USDT).as_double()
                size = cash / (float(bar.close) * (1 + FEE)) - 1e-8
                self.submit_order(self.order_factory.market(INSTRUMENT.id, OrderSide.BUY, INSTRUMENT.make_qty(size)))
        elif self.portfolio.is_net_long(INSTRUMENT.id):
            self.close_all_positions(INSTRUMENT.id)


def bars_of(count: int) -> list:
    """The candles as its bars."""
    data = candles(count)
    columns = {"open": data.open, "high": data.high, "low": data.low, "close": data.close, "volume": data.volume}
    frame = pd.DataFrame(columns, index=pd.to_datetime(data.open_ns, utc=True))
    return BarDataWrangler(BARS, INSTRUMENT).process(frame)


def callback(bars: list, windows: tuple[int, int]) -> float:
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(CASH, USDT)])
    engine.add_instrument(INSTRUMENT)
    engine.add_data(bars)
    engine.add_strategy(Cross(*windows))
    engine.run()
    account, held = engine.portfolio.account(VENUE), engine.portfolio.net_position(INSTRUMENT.id)
    answer = account.balance_total(USDT).as_double() + float(held) * float(bars[-1].close)
    engine.dispose()
    return answer


def run(job: str, windows: tuple[int, int]) -> None:
    data, short = bars_of(CALLBACK_BARS), bars_of(2000)
    measure(job, CALLBACK_BARS, lambda: callback(data, windows), lambda: callback(short, windows), 1)


chosen({"callback": lambda: run("callback", (20, 50)), "wake": lambda: run("wake", SLOW_WINDOWS)})
