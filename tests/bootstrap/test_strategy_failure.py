"""What fails inside a strategy's own file is told with its place there; what fails elsewhere stays what it is."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.strategy_api.test_context import run as run_over_bars
from tickwright.bootstrap.strategies import load_file
from tickwright.bootstrap.strategy_failure import told_of
from tickwright.domain.errors import StrategyFailed, UsageError
from tickwright.strategies import SmaCross

SOURCE = """from tickwright import Strategy


class Failing(Strategy):
    def on_bar(self, ctx, bar):
        self.decide(ctx, bar)

    def decide(self, ctx, bar):
        {statement}
"""


@pytest.mark.parametrize(
    ("statement", "error", "told"),
    [
        ("return {}['centre']", StrategyFailed, "failing.py, line 9, in decide: KeyError: 'centre'"),
        ("return 1 / 0", StrategyFailed, "failing.py, line 9, in decide: ZeroDivisionError: division by zero"),
        ("raise ValueError", StrategyFailed, "failing.py, line 9, in decide: ValueError"),
        ("return bar.clsoe", StrategyFailed, "a bar has no 'clsoe'. Did you mean close?"),
        ("return ctx.bars.hihg", StrategyFailed, "ctx.bars has no 'hihg'. Did you mean high?"),
        ("ctx.buy(1)", StrategyFailed, "TypeError"),
        ("ctx.buy(qty=1, amount=2)", StrategyFailed, "unexpected keyword argument 'amount'"),
        ("ctx.buy(qty=float('nan'))", UsageError, "failing.py, line 9, in decide: ctx.order: qty is nan"),
        ("return ctx.ind.fast", UsageError, "failing.py, line 9, in decide: ind: there is no indicator 'fast'"),
    ],
)
def test_the_line_at_fault_is_named(statement: str, error: type[UsageError], told: str, tmp_path: Path) -> None:
    path = tmp_path / "failing.py"
    path.write_text(SOURCE.format(statement=statement), encoding="utf-8")
    (strategy,) = load_file(path, shown_as="failing.py")
    with pytest.raises(error) as caught, told_of(strategy):
        run_over_bars(strategy)
    assert told in str(caught.value)
    assert (type(caught.value) is StrategyFailed) == (caught.value.__cause__ is not None)


def test_a_failure_of_the_platform_is_not_the_strategys() -> None:
    with pytest.raises(KeyError), told_of(SmaCross):
        inspect.getmembers({}["nothing"])
