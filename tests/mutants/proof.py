"""The comparison a mutated engine must fail: fixed random situations whose outcome the naive market has told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engine import test_risk_limits as worked_limits
from tests.modes import test_detail
from tests.parity import test_exits, test_orders, test_perpetuals, test_risk_limits, test_targets
from tests.parity.commands import sender
from tests.parity.halves import run_apart
from tests.parity.precomputed import targets_strategy
from tests.parity.scenarios import Scenario, scenarios
from tests.reference import test_exits as test_exit_rules
from tests.reference import test_sizing as test_sizing_rules
from tests.reference.cases.collected import ALL
from tests.reference.cases.market_of import fills_as_text, market_of, money_as_text, moved_as_text
from tickwright.domain.limits import RiskLimits

Check = Callable[[], None]
QUIET = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def checks() -> list[Check]:
    """Every check, made ready: the naive market's answers are computed here, once, before anything is mutated."""
    worked = [*_worked_examples(), *_tests_of(test_sizing_rules), *_tests_of(test_exit_rules), *_worked_limits()]
    worked.append(partial(test_detail.test_a_fill_inside_a_bar_wakes_the_strategy_there, "run"))
    perpetual = _orders(test_perpetuals.perpetual_situations(), 60)
    return [
        *worked,
        *_orders(test_orders.situations(), 150),
        *perpetual,
        *_limited_orders(),
        *_exits(),
        *_targets(),
        *_halves(),
    ]


def _worked_examples() -> list[Check]:
    def check(case: object) -> Check:
        def run() -> None:
            from tests.kernel.worked_examples import run_case

            result, ends = run_case(case)
            market = market_of(case)
            assert fills_as_text(result.fills, market) == list(case.fills)
            assert list(case.fees) in ([], money_as_text(result.fills["fee"], market))
            assert list(case.moved) in ([], moved_as_text(result.account_events, market))
            assert case.cash_left in (None, *money_as_text(result.cash[-1:], market))
            assert {label: ends[label] for label in case.ends} == dict(case.ends)

        return run

    return [check(case) for case in ALL]


def _worked_limits() -> list[Check]:
    return [check for check in _tests_of(worked_limits) if "mode" not in check.__name__]


def _tests_of(module: ModuleType) -> list[Check]:
    """The tests of a module; those of sizing and exits run the naive market beside every mode of the product."""
    return [check for name, check in vars(module).items() if name.startswith("test_") and callable(check)]


def _orders(situations: st.SearchStrategy[test_orders.Situation], count: int) -> list[Check]:
    made: list[Check] = []

    @settings(max_examples=count, **QUIET)
    @given(situation=situations)
    def collect(situation: test_orders.Situation) -> None:
        naive, trader = test_orders.naive_run(situation)
        told = {label: order.state for label, order in trader.orders.items()}

        def run() -> None:
            result, ends = test_orders.mode_run(situation, "run")
            test_targets.assert_agrees(result, situation.market(), naive)
            assert ends == told

        if naive.fills:
            made.append(run)

    collect()
    return made


def _limited_orders() -> list[Check]:
    made: list[Check] = []

    @settings(max_examples=150, **QUIET)
    @given(situation=test_orders.situations(), limits=test_risk_limits.limits())
    def collect(situation: test_orders.Situation, limits: RiskLimits) -> None:
        naive, trader = test_risk_limits.naive_run(situation, limits)
        told = {label: order.state for label, order in trader.orders.items()}

        def run() -> None:
            result, ends = test_risk_limits.event_run(situation, limits, "run")
            assert ends == told
            test_targets.assert_agrees(result, situation.market(), naive)

        if any(state.startswith("RISK_") for state in told.values()):
            made.append(run)

    collect()
    return made


def _exits() -> list[Check]:
    made: list[Check] = []

    @settings(max_examples=60, **QUIET)
    @given(scenario=scenarios(), seed=st.integers(0, 2**16), max_bars=st.sampled_from([None, 1, 3]))
    def collect(scenario: Scenario, seed: int, max_bars: int | None) -> None:
        naive = test_exits.naive_run(scenario, seed, max_bars, "flat")

        def run() -> None:
            result = test_exits.mode_run(scenario, "vector", seed, max_bars, "flat")
            test_targets.assert_agrees(result, scenario.market(), naive)

        if naive.fills:
            made.append(run)

    collect()
    return made


def _targets() -> list[Check]:
    made: list[Check] = []

    @settings(max_examples=60, **QUIET)
    @given(scenario=scenarios())
    def collect(scenario: Scenario) -> None:
        market, naive = test_targets.naive_run(scenario, form="targets")

        def run() -> None:
            result = test_targets.mode_run(scenario, "vector", form="targets")
            test_targets.assert_agrees(result, market, naive)

        if naive.fills:
            made.append(run)

    collect()
    return made


def _halves() -> list[Check]:
    """Runs whose halves live in memories of their own, against the naive market."""
    made: list[Check] = []

    @settings(max_examples=40, **QUIET)
    @given(situation=test_orders.situations())
    def orders(situation: test_orders.Situation) -> None:
        naive, _ = test_orders.naive_run(situation)

        def run() -> None:
            strategy = sender(situation.commands)
            result = run_apart(strategy, situation.market(), cash=situation.cash, costs=situation.costs)
            test_targets.assert_agrees(result, situation.market(), naive)

        if naive.fills:
            made.append(run)

    @settings(max_examples=20, **QUIET)
    @given(scenario=scenarios())
    def targets(scenario: Scenario) -> None:
        market, naive = test_targets.naive_run(scenario, form="targets")

        def run() -> None:
            strategy = targets_strategy(scenario.table, scenario.acts)
            result = run_apart(strategy, market, cash=scenario.cash, costs=scenario.costs)
            test_targets.assert_agrees(result, market, naive)

        if naive.fills:
            made.append(run)

    orders()
    targets()
    return made
