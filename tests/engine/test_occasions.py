"""What strategies are told beside bars, alike in event and replay: timers, universes; what never comes is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.parity.perpetual_terms import candles_of, perpetual
from tests.parity.scenarios import START_NS, candles, walk
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Funding, Market
from tickwright.domain.timestamp import DAY, HOUR, MINUTE
from tickwright.engine.chunks import Streaming
from tickwright.modes import event
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.universe import top

FREE = CostModel.of(impact="none", max_participation=None)
WAYS = [("run", None), ("run", 3), ("replay", None), ("replay", 2)]


def market(symbols: int = 1, rows: int = 60, *, missing: range = range(0)) -> Market:
    """Hourly walks; the rows of `missing` are absent everywhere."""
    instruments = [instrument(f"{name}/USDT", tick="0.01", lot="0.001", min_notional="0") for name in "ABCD"[:symbols]]
    series = []
    for number, what in enumerate(instruments):
        bars = walk(number, rows, price=10_000, swing=0.01, volume=1000, absent=0.0, silent=0.0)
        series.append(candles(what, "1h", [bar for bar in bars if bar[0] not in missing], (2, 0)))
    return Market.of(instruments, series)


def run(strategy: type[Strategy], over: Market, verb: str = "run", rows: int | None = None) -> Any:
    """The strategy over a market in event mode."""
    streaming = None if rows is None else Streaming(rows)
    options = {"cash": Decimal(100_000), "cash_asset": "USDT", "costs": FREE, "streaming": streaming}
    return getattr(event, verb)(strategy, {}, over, **options)


def clockwork() -> tuple[type[Strategy], list[tuple[str, int, int, float]]]:
    """A strategy of timers alone, and what it was told: name, time due, instant, last close."""
    told: list[tuple[str, int, int, float]] = []

    class Clockwork(Strategy):
        """Buys every eight hours, sells ninety minutes later."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            ctx.timer("buy", every="8h")

        def on_timer(self, ctx, timer):  # type: ignore[no-untyped-def]
            told.append((timer.name, timer.due_ns, ctx.now_ns, float(ctx.bars.close[-1])))
            if timer.name == "buy":
                ctx.buy(fraction=0.5)
                ctx.timer("sell", after="90m")
            else:
                ctx.sell(fraction=1)

    return Clockwork, told


@pytest.mark.parametrize(("verb", "rows"), WAYS)
def test_timers_wake_a_strategy_that_has_nothing_else(verb: str, rows: int | None) -> None:
    strategy, told = clockwork()
    over = market(rows=24)
    result = run(strategy, over, verb, rows)
    buys = [(due - START_NS, now - START_NS) for name, due, now, _ in told if name == "buy"]
    sells = [(due - START_NS, now - START_NS) for name, due, now, _ in told if name == "sell"]
    assert buys == [(8 * HOUR, 8 * HOUR), (16 * HOUR, 16 * HOUR), (24 * HOUR, 24 * HOUR)]
    assert sells == [(8 * HOUR + 90 * MINUTE, 10 * HOUR), (16 * HOUR + 90 * MINUTE, 18 * HOUR)]
    closes = over.bars[0].close / 10.0 ** over.price_scales[0]
    assert [close for _, _, _, close in told] == [closes[hour - 1] for hour in (8, 10, 16, 18, 24)]
    filled = [(int(fill["ts_ns"]) - START_NS) // HOUR for fill in result.fills]
    assert filled == [8, 10, 16, 18]  # at the opens right after; what is sent at the last close meets none


def test_a_timer_that_falls_into_a_hole_is_told_after_it() -> None:
    strategy, told = clockwork()
    run(strategy, market(rows=24, missing=range(6, 20)))
    name, due, now, _ = told[0]
    assert (name, due - START_NS, now - START_NS) == ("buy", 16 * HOUR, 21 * HOUR)


def test_a_timer_does_not_call_on_bar_where_it_does_not_wake() -> None:
    bars: list[int] = []

    class Seldom(Strategy):
        """Wants every tenth bar and a timer."""

        def wakes(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.arange(len(bars)) % 10 == 9

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            ctx.timer("tick", every="3h")

        def on_timer(self, ctx, timer):  # type: ignore[no-untyped-def]
            ctx.plot("tick", 1.0)

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            bars.append((bar.close_time_ns - START_NS) // HOUR)

    result = run(Seldom, market(rows=30))
    assert bars == [10, 20, 30]
    assert np.flatnonzero(~np.isnan(result.plots["tick"])).tolist() == list(range(2, 30, 3))


@pytest.mark.parametrize("verb", ["run", "replay"])
def test_an_order_that_ends_is_told_to_a_strategy_of_timers(verb: str) -> None:
    ended: list[str] = []

    class Patient(Strategy):
        """Sends one order that expires."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            ctx.timer("once", after="2h")

        def on_timer(self, ctx, timer):  # type: ignore[no-untyped-def]
            ctx.buy(qty=1, limit=1.0, tif="gtd", expire_ns=ctx.now_ns + HOUR)

        def on_order(self, ctx, order):  # type: ignore[no-untyped-def]
            ended.append(f"{order.state.name} {(ctx.now_ns - START_NS) // HOUR}")

    run(Patient, market(rows=6), verb)
    assert ended == ["EXPIRED 3"]


@pytest.mark.parametrize(("verb", "rows"), WAYS)
def test_members_of_a_universe_are_told_when_they_change(verb: str, rows: int | None) -> None:
    told: list[tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []
    panels: list[int] = []

    class Chooser(Strategy):
        """Follows the two symbols that traded most in a day."""

        universe = top(2, by="quote_volume_1d", quote="USDT", refresh="1d")

        def on_universe(self, ctx, change):  # type: ignore[no-untyped-def]
            told.append(((ctx.now_ns - START_NS) // HOUR, change.entered, change.left, change.members))
            assert ctx.members == change.members

        def on_bars(self, ctx, bars):  # type: ignore[no-untyped-def]
            panels.append(len(ctx.members))

    run(Chooser, market(symbols=4, rows=24 * 8), verb, rows)
    assert told[0] == (1, (), (), ())  # nobody has a day of history yet
    hours, entered, left, members = told[1]
    assert (hours % 24, len(entered), left, members) == (0, 2, (), entered)
    before: tuple[str, ...] = ()
    for _, entered, left, members in told:
        assert set(members) == set(before) - set(left) | set(entered)
        assert not set(entered) & set(before)
        before = members
    assert len(panels) == 24 * 8


@pytest.mark.parametrize(("name", "said"), [("on_trade", "no trades"), ("on_book", "no order books")])
def test_what_candles_can_never_call_is_refused_in_one_sentence(name: str, said: str) -> None:
    waiting = type("Waiting", (Strategy,), {name: lambda self, ctx, what: None})
    with pytest.raises(UsageError, match=f"Waiting has {name}, and this run holds candles: {said}"):
        run(waiting, market())


def test_funding_is_waited_for_only_where_there_is_some() -> None:
    class Waiting(Strategy):
        """Waits for funding."""

        def on_funding(self, ctx, funding):  # type: ignore[no-untyped-def]
            pass

    with pytest.raises(UsageError, match="none of its symbols has funding here"):
        run(Waiting, market())


@pytest.mark.parametrize(("verb", "rows"), WAYS)
def test_funding_is_told_with_what_it_moved(verb: str, rows: int | None) -> None:
    told: list[tuple[int, int, float, float]] = []

    class Holder(Strategy):
        """Holds a contract from the tenth hour on."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if bar.close_time_ns == START_NS + 10 * HOUR:
                ctx.buy(qty=1)

        def on_funding(self, ctx, funding):  # type: ignore[no-untyped-def]
            told.append((funding.ts_ns - START_NS, ctx.now_ns - START_NS, funding.rate, funding.amount))
            assert funding.symbol == ctx.symbol

    over = contracts([(8 * HOUR, 100_000), (16 * HOUR + MINUTE, -50_000), (24 * HOUR, 200_000)])
    result = run(Holder, over, verb, rows)
    closes = over.bars[0].close / 10.0 ** over.price_scales[0]
    assert [(ts, now, rate) for ts, now, rate, _ in told] == [
        (8 * HOUR, 8 * HOUR, 1e-4), (16 * HOUR + MINUTE, 17 * HOUR, -5e-5), (24 * HOUR, 24 * HOUR, 2e-4),
    ]  # fmt: skip
    assert [amount for *_, amount in told] == pytest.approx([0.0, 5e-5 * closes[15], -2e-4 * closes[23]])
    assert len(result.account_events) == 2


def contracts(payments: list[tuple[int, int]]) -> Market:
    """The market of one perpetual with its funding: (time since the start, rate in ppb)."""
    spot = market()
    what = perpetual(spot.instruments[0])
    funding = Funding(
        np.array([START_NS + time for time, _ in payments]), np.array([rate for _, rate in payments], np.int64)
    )
    return Market.of([what], [candles_of(what, spot.bars[0])], funding=[funding])


def test_a_timer_without_on_timer_is_refused() -> None:
    class Forgot(Strategy):
        """Starts a timer nobody is told of."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.timer("x", after="1d")

    with pytest.raises(UsageError, match="Forgot starts a timer and has no on_timer"):
        run(Forgot, market())


@pytest.mark.parametrize("universe", [None, top(2)])
def test_on_universe_needs_a_universe_and_one_instance(universe: object) -> None:
    class Half(Strategy):
        """Has one without the other."""

        def on_universe(self, ctx, change):  # type: ignore[no-untyped-def]
            pass

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            pass

    Half.universe = universe  # type: ignore[assignment]
    with pytest.raises(UsageError, match="Half has on_universe and is written with callbacks"):
        run(Half, market())


def test_now_is_the_first_open_when_a_strategy_starts() -> None:
    seen: list[int] = []

    class Curious(Strategy):
        """Looks at the clock when it starts."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            seen.append(ctx.now_ns)

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            pass

    run(Curious, market())
    assert seen == [START_NS]
    assert START_NS % DAY == 0
