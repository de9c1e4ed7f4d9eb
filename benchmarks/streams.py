"""Runs over more candles than they hold at a time: time and memory by budget, on made-up 1m candles of a sparse panel.

    python benchmarks/streams.py [SYMBOLS] [ROWS]

Every run is a process of its own over one lake. Anonymous memory is what a process needs for itself, sampled 100 times
a second; the peak beside it counts also the pages of files that the system may take back at any time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

BUDGETS = ("", "512MB")
MODES = ("vector", "event")


def make(home: Path, symbols: int, rows: int) -> None:
    """A lake of random walks, one candle in fifty absent."""
    lake, frame = ParquetLake(home / "data"), Timeframe.parse("1m")
    times = 1_600_000_020_000_000_000 + np.arange(rows) * frame.length_ns
    for number in range(symbols):
        draw = np.random.default_rng(number)
        close = (1_000_000 * np.exp(np.cumsum(draw.normal(0, 5e-4, rows)))).astype(np.int64)
        first = np.concatenate(([1_000_000], close[:-1]))
        high = np.maximum(first, close) + draw.integers(0, 300, rows)
        low = np.maximum(np.minimum(first, close) - draw.integers(0, 300, rows), 1)
        key = SeriesKey(InstrumentId.parse(f"S{number:03d}/USDT", exchange="binance"), frame)
        bars = Bars(key, times, first, high, low, close, draw.integers(1, 10**6, rows), 2, 3)
        lake.write(bars.where((draw.random(rows) > 0.02) | (np.arange(rows) == 0)))


class AnonymousMemory:
    """The most memory this process had for itself, in MB."""

    def __init__(self) -> None:
        self.peak, self._over = 0.0, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
            self.peak = max(self.peak, (resident - shared) * 4096 / 2**20)


def job(home: Path, symbols: int, mode: str, budget: str) -> None:
    """One run; its figures as a line of JSON."""
    import resource

    import tickwright as tw

    names = [f"S{number:03d}/USDT" for number in range(symbols)]
    strategy = tw.SmaCross(fast=120, slow=400)
    tw.backtest(strategy, tw.load(names[0], "1m", home=home, end="2020-09-16"), mode=mode)  # compiled before it counts
    memory, began = AnonymousMemory(), time.perf_counter()
    run = tw.backtest(strategy, tw.load(names, "1m", home=home, memory_budget=budget or None), mode=mode)
    digest, seconds = run.digest, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "anonymous": memory.peak, "peak": peak, "digest": digest[:8]}))


def main(symbols: int, rows: int) -> None:
    """The table."""
    print("| mode | budget | seconds | anonymous MB | peak MB | fills digest |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=".") as directory:
        make(Path(directory), symbols, rows)
        for mode in MODES:
            for budget in BUDGETS:
                command = [sys.executable, __file__, "--job", directory, str(symbols), mode, budget]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                figures = json.loads(done.stdout.splitlines()[-1])
                print(
                    f"| {mode} | {budget or 'all at once'} | {figures['seconds']:.1f} | {figures['anonymous']:,.0f} "
                    f"| {figures['peak']:,.0f} | {figures['digest']} |",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5])
    else:
        main(*(int(word) for word in (sys.argv[1:] or ["24", "400000"])))
