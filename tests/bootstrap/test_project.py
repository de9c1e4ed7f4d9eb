"""A project opens what it needs when it is needed, as its settings say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tickwright.adapters.storage.search_record import TrialRange
from tickwright.bootstrap.project import DatabaseChoice, Project
from tickwright.settings import load_settings

LINE = (
    '{"created":"2024-01-01T12:00:00Z","strategy":"SmaCross","symbols":["binance:BTC/USDT"],"timeframe":"1h",'
    '"start_ns":0,"end_ns":100,"trials":["aaaa","bbbb"]}\n'
)


def test_what_keeps_no_run_imports_no_database() -> None:
    code = "import sys, tickwright as tw; tw.load, tw.backtest, tw.sweep; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_settings_bound_the_pool_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "tickwright.toml").write_text(
        '[database]\npool_size = 2\npool_overflow = 0\npool_timeout = "250ms"\nconnect_timeout = "3s"\n'
        'statement_timeout = "2m"\nlock_timeout = "1s"\nslow_statement = "100ms"\nkeep_orders = false\n'
    )
    choice = DatabaseChoice.of(load_settings(tmp_path).values)
    options = choice.options
    assert (options.size, options.overflow, options.pool_wait_s, options.connect_s) == (2, 0, 0.25, 3.0)
    assert (options.statement_s, options.lock_wait_s, options.slow_s) == (120.0, 1.0, 0.1)
    assert (choice.keep_orders, choice.address(tmp_path)) == (False, tmp_path / "runs" / "tickwright.sqlite")
    assert choice.open(tmp_path).metrics().size == 2


def test_the_settings_bound_the_statements_of_the_market_store(tmp_path: Path, database: Callable[[str], str]) -> None:
    (tmp_path / "tickwright.toml").write_text(f'[store]\nurl = "{database("market")}"\nstatement_timeout = "1500ms"\n')
    store = Project.of(tmp_path, load_settings(tmp_path).values).store
    shown = store._server.run(lambda cursor: cursor.execute("show statement_timeout").fetchone())
    assert shown == ("1500ms",)


def test_trials_of_a_former_version_are_counted(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "trials.jsonl").write_text(LINE)
    assert Project(tmp_path).trials.count(TrialRange(("binance:BTC/USDT",), "4h", 50, 60)) == 2


def test_a_fresh_project_keeps_nothing_until_its_database_is_used(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert project.keeps_nothing
    assert project.runs.all() == []
    assert not Project(tmp_path).keeps_nothing
