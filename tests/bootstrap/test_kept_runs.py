"""Runs are kept with everything, and every different one is counted as a trial."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from tickwright.bootstrap.backtest import BacktestRequest, keep_run, run_backtest
from tickwright.bootstrap.kept_runs import list_runs
from tickwright.bootstrap.market_loading import LoadedMarket, load_market
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.run import Run
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.strategies import SmaCross
from tickwright.strategy_api import Strategy

BTC = InstrumentId("binance", "BTC", "USDT")
HOUR = Timeframe.parse("1h")


def request(**changes: object) -> BacktestRequest:
    made = BacktestRequest(SmaCross, {"fast": 10, "slow": 30}, Decimal(100_000), CostModel.of(fee="0.001"))
    return replace(made, **changes)


@pytest.fixture
def market(project: Project) -> LoadedMarket:
    return load_market(project, [BTC], HOUR, None, None)


@pytest.fixture
def kept(project: Project, market: LoadedMarket) -> Run:
    return keep_run(project, run_backtest(request(), market))


def test_the_same_run_made_twice_is_two_runs_of_one_trial_with_one_digest(
    project: Project, market: LoadedMarket
) -> None:
    one, other = (keep_run(project, run_backtest(request(), market)) for _ in range(2))
    assert one.manifest["run_id"] != other.manifest["run_id"]
    assert (one.digest, one.manifest["trials"]) == (other.digest, other.manifest["trials"]) == (one.digest, 1)
    assert [row["run_id"] for row in list_runs(project)].count(one.manifest["run_id"]) == 1


def test_other_parameters_on_the_same_data_are_another_trial(project: Project, market: LoadedMarket, kept: Run) -> None:
    other = keep_run(project, run_backtest(request(params={"fast": 5, "slow": 30}), market))
    assert (kept.manifest["trials"], other.manifest["trials"]) == (1, 2)


def test_a_report_is_written_into_the_folder_of_the_run(kept: Run) -> None:
    path = kept.report()
    assert path == (kept.folder or path) / "report.html"
    assert kept.digest in path.read_text()


def test_a_run_without_candles_cannot_be_reported_and_says_what_to_do(kept: Run) -> None:
    with pytest.raises(DataMissing, match="Fetch or import them again"):
        replace(kept, bars=()).report()


@pytest.mark.parametrize(("mode", "sentence"), [("vectorised", "is not a mode"), ("vector", "written as callbacks")])
def test_a_mode_that_does_not_fit_is_refused(market: LoadedMarket, mode: str, sentence: str) -> None:
    class Idle(Strategy):
        """Callbacks that do nothing."""

        def on_bar(self, ctx: object, bar: object) -> None:
            """Do nothing."""

    with pytest.raises(UsageError, match=sentence):
        run_backtest(request(strategy=Idle, params={}, mode=mode), market)


def test_parameters_of_one_symbol_make_another_trial_and_stand_in_the_manifest(
    project: Project, market: LoadedMarket, kept: Run
) -> None:
    own = {"binance:BTC/USDT": {"fast": 7}}
    other = keep_run(project, run_backtest(request(per_symbol_params=own), market))
    assert (kept.manifest["per_symbol"], other.manifest["per_symbol"]) == (None, own)
    assert (other.manifest["trials"], other.digest != kept.digest) == (2, True)


def test_a_run_with_other_costs_is_the_same_trial_with_a_result_of_its_own(
    project: Project, market: LoadedMarket, kept: Run
) -> None:
    other = keep_run(project, run_backtest(request(costs=CostModel.of(fee="0.002")), market))
    assert other.manifest["trials"] == kept.manifest["trials"] == 1
    found = project.trials.best("total_return", 9)
    assert (found.different, len(found.trials)) == (1, 2)
    assert [one.metrics["total_return"] for one in found.trials] == [kept.stats.total_return, other.stats.total_return]


def test_whoever_only_lists_runs_waits_for_no_compiler_and_no_tables(project: Project, kept: Run) -> None:
    program = f"""
import sys
from tickwright.cli import main
main(["--home", {str(project.home)!r}, "run", "ls", "--json"])
print([name for name in ("numba", "polars", "pyarrow") if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert str(kept.manifest["run_id"]) in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"
