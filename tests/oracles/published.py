"""The published numbers and theorems that the simulated market must reproduce, and which test names each.

Sections 1 (impact and execution), 6 (ledger, margin, funding) and 8 (analytic solutions) of the reference facts. A test
names an oracle in its docstring, or its file does for all of its tests.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOMS = ("oracles", "analytics", "reference")
NAME = re.compile(r"\bR\d+\.\d+\b")

ORACLES = {
    "R1.1": "Almgren and Chriss: formulas and the paper's parameter set",
    "R1.2": "Almgren and Chriss: output of an unrelated implementation",
    "R1.3": "Invariants of any optimal-execution schedule",
    "R1.4": "Almgren, Thum, Hauptmann and Li 2005: the IBM column",
    "R1.5": "Square-root law of metaorder impact",
    "R1.6": "Obizhaeva and Wang: trades in a book that refills",
    "R1.7": "No dynamic arbitrage",
    "R1.8": "Implementation shortfall: a published worked example",
    "R1.9": "Identities of scheduling algorithms",
    "R1.10": "I-Star: its functional form",
    "R6.1": "Kelly",
    "R6.2": "Optimal f",
    "R6.3": "Equal risk contribution",
    "R6.4": "Back-tests of value at risk",
    "R6.5": "Traffic light; Gaussian value at risk and expected shortfall",
    "R6.6": "Maintenance-margin tiers",
    "R6.7": "Isolated liquidation price",
    "R6.8": "Funding",
    "R6.9": "Volatility scaling of time-series momentum",
    "R6.10": "Accounting identities of any backtest",
    "R8.1": "Stop and take-profit probabilities on Brownian motion",
    "R8.2": "Percentage barriers of a geometric Brownian motion",
    "R8.3": "Bias of looking at closes only",
    "R8.4": "One barrier within a horizon",
    "R8.5": "One barrier within a horizon: other numbers",
    "R8.6": "Gambler's ruin",
    "R8.7": "Gambler's ruin: other numbers",
    "R8.8": "Expected maximum drawdown",
    "R8.9": "Sign rule on autocorrelated returns",
    "R8.10": "Crossings of moving averages on a random walk",
    "R8.11": "Shannon's demon",
    "R8.12": "Path of a constant leverage",
    "R8.13": "Path of a constant leverage: other numbers",
    "R8.14": "First passage of an Ornstein-Uhlenbeck process",
    "R8.15": "Volatility estimators from ranges",
    "R8.16": "Arcsine law",
    "R8.17": "Arcsine law and loss in the long run",
    "R8.18": "A full backtest of another engine on public data",
    "R8.19": "Published strategy results, as bands of sanity",
    "R8.20": "Zero-edge theorems",
}

WAITING = {
    "R6.3": "weights of equal risk: no room of the product sizes a portfolio yet",
    "R6.4": "back-tests of value at risk: `analytics.value_at_risk` measures it and does not judge forecasts",
    "R6.5": "the same, and a Gaussian value at risk",
    "R8.15": "volatility from ranges: `indicators` has none of Parkinson, Garman and Klass, Rogers and Satchell",
}


def named() -> dict[str, list[str]]:
    """For each oracle the tests whose docstring names it, or all of a file whose own docstring does."""
    found: dict[str, list[str]] = {}
    for room in ROOMS:
        for path in sorted((TESTS / room).glob("test_*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            whole = _spelled(ast.get_docstring(tree))
            for test in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
                if test.name.startswith("test_"):
                    for oracle in _spelled(ast.get_docstring(test)) | whole:
                        found.setdefault(oracle, []).append(f"{path.relative_to(TESTS.parent)}::{test.name}")
    return found


def _spelled(text: str | None) -> set[str]:
    return set(NAME.findall(text or ""))
