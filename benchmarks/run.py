"""Measure Tickwright beside its peers on the same jobs, one process per measurement, in turns, and print the table.

`python benchmarks/run.py [--write]`; with `--write` the table in README.md is replaced. Peers run in the interpreter
that has them: the project's own, or `benchmarks/.peers/NAME` where `make bench-peers` made one.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
JOBS = {
    "single": "one run with its indicators, 1M bars",
    "sweep": "sweep 1000 × 100k with drawdown, one thread",
    "sweep-all-cores": "sweep 1000 × 100k with drawdown, all cores",
    "sweep-exits": "the same sweep with stop and target exits, one thread",
    "portfolio": "portfolio 50 × 100k, one cash",
    "callback": "Python callback on every bar, 200k bars",
    "wake": "Python callback where it asks to be called, 1M bars (peer: on every bar, 200k)",
    "round-trip": "market order on every bar from Python, 200k bars",
}
PEERS = {
    "vectorbt": ("single", "sweep", "sweep-exits", "portfolio"),
    "raptorbt": ("single", "sweep-all-cores", "callback"),
    "backtesting": ("callback",),
    "backtrader": ("callback",),
    "nautilus_trader": ("callback", "wake"),
    "freqtrade": ("callback",),
}


@dataclass(frozen=True)
class Measured:
    """One engine on one job."""

    engine: str
    job: str
    rate: float
    peak_mb: float
    answer: float | None


def interpreter(engine: str) -> str:
    """The Python that has an engine."""
    own = HERE / ".peers" / engine / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def has(engine: str) -> bool:
    """Whether its interpreter can import an engine."""
    probe = [interpreter(engine), "-c", f"import {engine}"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def measured(engine: str, job: str) -> Measured | None:
    """Run one measurement in a process of its own; None where the engine cannot, with its last line on stderr."""
    if not has(engine):
        print(f"{engine} {job}: not installed; `make bench-peers` makes its environment", file=sys.stderr)
        return None
    command = [interpreter(engine), str(HERE / f"{engine}_jobs.py"), job]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{engine} {job}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Measured(engine, job, found["rate"], found["peak_mb"], found["answer"])


def table() -> str:
    """Every job with every engine that does it, and the ratio to the peer in the same run."""
    lines = ["| job | engine | bars/s | ratio | peak MB | answer |", "|---|---|---|---|---|---|"]
    for job, words in JOBS.items():
        ours = measured("tickwright", job)
        rivals = [measured(peer, job) for peer, jobs in PEERS.items() if job in jobs]
        for row in [ours, *rivals]:
            if row is None:
                continue
            ratio = "" if row is ours or ours is None else f"{ours.rate / row.rate:.1f} ×"
            answer = "" if row.answer is None else f"{row.answer:.6g}"
            lines.append(f"| {words} | {row.engine} | {row.rate:,.0f} | {ratio} | {row.peak_mb:,.0f} | {answer} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --write put it into the README."""
    today = datetime.now(UTC).date().isoformat()
    text = f"{today}, {platform.machine()}, Python {platform.python_version()}\n\n{table()}\n"
    print(text)
    if "--write" in sys.argv[1:]:
        readme = HERE / "README.md"
        before, _, rest = readme.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


if __name__ == "__main__":
    main()
