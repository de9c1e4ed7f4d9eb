"""The face of `import tickwright as tw`: the numbers of the command line, in memory, nothing kept."""

from __future__ import annotations

import pytest

import tickwright as tw
from tickwright.bootstrap.market_loading import LoadedMarket
from tickwright.bootstrap.project import Project
from tickwright.domain.errors import UsageError

COSTS = {"fee": "10bp", "spread": "0.02%", "slippage": 0.0001}


@pytest.fixture
def data(project: Project) -> LoadedMarket:
    return tw.load("BTC/USDT", "1h", start="2020-01-01", end="2020-03-31", home=project.home)


def test_a_backtest_has_statistics_tables_and_a_digest_and_keeps_nothing(project: Project, data: LoadedMarket) -> None:
    run = tw.backtest(tw.SmaCross(fast=10), data, cash=10_000, **COSTS)
    assert run.stats.fills == len(run.fills) > 0
    assert run.stats.trades + run.stats.open_trades == len(run.trades)
    assert run.equity["equity"][-1] == pytest.approx(run.stats.final_equity)
    assert run.folder is None
    assert not (project.home / "runs").exists()


def test_text_and_numbers_say_the_same_rates(data: LoadedMarket) -> None:
    words = tw.backtest(tw.SmaCross, data, fee="10bp", spread="1bp", max_participation="10%")
    numbers = tw.backtest(tw.SmaCross(), data, fee=0.001, spread=0.0001, max_participation=0.1)
    assert words.digest == numbers.digest


@pytest.mark.parametrize("mode", ["event", "replay"])
def test_the_mode_does_not_change_the_fills(data: LoadedMarket, mode: str) -> None:
    assert tw.backtest(tw.SmaCross, data, mode=mode).digest == tw.backtest(tw.SmaCross, data).digest


def test_a_row_of_a_sweep_has_the_measures_of_a_single_run(data: LoadedMarket) -> None:
    sweep = tw.sweep(tw.SmaCross, data, fast=range(5, 25, 5), slow="20:40:20", **COSTS)
    assert (sweep.trials, sweep.invalid) == (7, 1)
    for row in sweep.frame.iter_rows(named=True):
        stats = tw.backtest(tw.SmaCross(fast=row["fast"], slow=row["slow"]), data, **COSTS).stats
        for name in ("final_equity", "total_return", "max_drawdown", "win_rate", "profit_factor"):
            assert row[name] == pytest.approx(getattr(stats, name), rel=1e-9, nan_ok=True), name
        assert row["sharpe"] == pytest.approx(stats.sharpe, rel=1e-9)
        assert (row["trades"], row["fills"], row["orders"]) == (stats.trades, stats.fills, stats.orders)
        assert row["fee"] == pytest.approx(stats.costs.fee, rel=1e-12)


def test_many_workers_give_the_rows_of_one(data: LoadedMarket) -> None:
    alone, together = (tw.sweep(tw.SmaCross, data, fast="2:20:1", slow="21:60:3", workers=w) for w in (1, 4))
    assert together.frame.equals(alone.frame, null_equal=True)


def test_the_best_row_is_the_best_and_can_be_run_in_full(data: LoadedMarket) -> None:
    sweep = tw.sweep(tw.SmaCross, data, fast="5,10,15", slow=[30, 50])
    best = sweep.best("total_return")
    assert best["total_return"] == sweep.frame["total_return"].max()
    assert sweep.run(best).stats.total_return == pytest.approx(best["total_return"], rel=1e-12)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda data: tw.backtest(tw.SmaCross, data, cash=-5), "an amount above 0"),
        (lambda data: tw.backtest(tw.SmaCross, data, fee="ten"), "a fraction such as"),
        (lambda data: tw.backtest(tw.SmaCross(fats=1), data), "Did you mean fast"),
        (lambda data: tw.sweep(tw.SmaCross, data), "needs a grid"),
        (lambda data: tw.sweep(tw.SmaCross, data, fast=[5], sort="luck"), "is not a measure"),
        (lambda data: tw.sweep(tw.SmaCross, data, fast=[50], slow=[20]), "is valid"),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(data: LoadedMarket, call: object, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        call(data)  # type: ignore[operator]


def test_an_unknown_name_is_an_attribute_error_like_in_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = tw.nonsense


def test_every_cost_and_limit_of_the_settings_can_be_said_in_python(data: LoadedMarket) -> None:
    plain = tw.backtest(tw.SmaCross, data)
    costs = {"fee_asset": "received", "latency": "250ms", "spread_volatility": 0.01, "impact_gamma": 0.3}
    assert tw.backtest(tw.SmaCross, data, costs=costs).digest != plain.digest
    for name, value in costs.items():
        assert tw.backtest(tw.SmaCross, data, costs={name: value}).digest != plain.digest, name
    limited = tw.backtest(tw.SmaCross, data, risk={"max_order_notional": 1_000})
    assert (limited.stats.fills, limited.stats.rejected) == (0, limited.stats.orders)


def test_words_in_costs_are_those_of_the_arguments(data: LoadedMarket) -> None:
    assert tw.backtest(tw.SmaCross, data, costs=COSTS).digest == tw.backtest(tw.SmaCross, data, **COSTS).digest
    swept = [tw.sweep(tw.SmaCross, data, fast="5,10", **how) for how in ({"costs": COSTS}, COSTS)]
    assert swept[0].frame.equals(swept[1].frame, null_equal=True)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"costs": {"latencie": "1s"}}, "costs.latencie is not a setting. Did you mean latency?"),
        ({"costs": {"latency": "soon"}}, "costs.latency is 'soon'; expected a span of time"),
        ({"costs": {"fee": 0.1}}, "costs.fee is 0.1; expected a rate below 5%"),
        ({"fee": "1bp", "costs": {"fee": "2bp"}}, "fee is said twice"),
        ({"spread": "wide"}, "costs.spread is 'wide'"),
        ({"risk": {"max_drawdown": 3}}, "risk.max_drawdown is 3"),
        ({"costs": "free"}, "costs is 'free'"),
    ],
)
def test_words_that_are_none_are_refused_in_the_sentence_of_the_settings(
    data: LoadedMarket, terms: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        tw.backtest(tw.SmaCross, data, **terms)
    assert told in str(caught.value)


def test_what_is_shown_of_a_run_a_sweep_and_a_market_is_one_line(data: LoadedMarket) -> None:
    run, sweep = tw.backtest(tw.SmaCross, data), tw.sweep(tw.SmaCross, data, fast="5,10,60")
    assert repr(run).startswith("<Run of SmaCross on binance:BTC/USDT 1h: 2,177 bars, ")
    assert repr(sweep) == "<Sweep of SmaCross on binance:BTC/USDT: 2 trials, 1 invalid, by sharpe>"
    assert repr(data).startswith("<LoadedMarket of binance:BTC/USDT 1h 2,177 bars 2020-01-01T00:00:00Z … 2020-04-01")
    assert all(len(repr(shown).splitlines()) == 1 for shown in (run, sweep, data))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda data: tw.backtest("SmaCross", data), "strategy: the strategy is 'SmaCross'; expected a strategy class"),
        (lambda data: tw.backtest(tw.SmaCross, [1]), "data: the data is a list; expected what tw.load"),
        (lambda data: tw.sweep(tw.SmaCross, None, fast="5,10"), "data: the data is a NoneType"),
        (lambda data: tw.backtest(tw.SmaCross, data, seed="x"), "seed: seed is 'x'"),
        (lambda data: tw.backtest(tw.SmaCross, data, seed=-1), "seed: seed is -1"),
        (lambda data: tw.load([]), "symbols: no symbol is named"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(call: object, told: str, data: LoadedMarket) -> None:
    with pytest.raises(UsageError) as caught:
        call(data)  # type: ignore[operator]
    assert str(caught.value).startswith(told)
