"""The stores beside what else keeps candles: the same bars, the same questions, at one and at ten million rows.

    python benchmarks/storage.py [--write] [ROWS…]

Each store runs in a process of its own (`storage_jobs.py`). With --write the table goes into the README.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
BEGIN, END = "<!-- storage -->", "<!-- end of storage -->"
STORES = (
    "lake",
    "lake in a bucket",
    "PostgreSQL",
    "Feather zstd (freqtrade)",
    "Parquet zstd (Polars)",
    "DuckDB",
    "SQLite",
)
QUESTIONS = ("write", "same again", "a month", "first load", "load again", "resample", "verify")
SIZES = (1_000_000, 10_000_000)
SLOW = {"SQLite", "lake in a bucket"}
"""Measured at the smaller size alone: a row at a time in Python, and a server that keeps all objects in memory."""


def measured(store: str, rows: int) -> dict[str, float] | None:
    """The figures of one store; None where it cannot, with its last line on stderr."""
    repeats = "3" if rows <= SIZES[0] else "1"
    command = [sys.executable, str(HERE / "storage_jobs.py"), store, str(rows), repeats]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{store}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"{store} {rows:,}: {found}", file=sys.stderr, flush=True)
    return found


def table(sizes: tuple[int, ...]) -> str:
    """Milliseconds of each question, and megabytes on disk and in memory."""
    lines = [
        f"| rows | store | {' | '.join(QUESTIONS)} | MB on disk | peak MB |",
        f"|---|---|{'---|' * len(QUESTIONS)}---|---|",
    ]
    notes = []
    for rows in sizes:
        for store in STORES:
            found = None if rows > SIZES[0] and store in SLOW else measured(store, rows)
            if found is None:
                continue
            cells = [f"{found[one] * 1000:,.0f}" if one in found else "" for one in QUESTIONS]
            disk = f"{found['MB']:,.1f}" if "MB" in found else ""
            lines.append(f"| {rows:,} | {store} | {' | '.join(cells)} | {disk} | {found['peak MB']:,.0f} |")
            if "bare COPY" in found:
                ratio = found["write"] / found["bare COPY"]
                notes.append(
                    f"A bare binary COPY of {rows:,} prepared rows into a table with the same key: "
                    f"{found['bare COPY'] * 1000:,.0f} ms, so a write is {ratio:.2f} × that."
                )
    return "\n".join([*lines, "", *notes])


def main() -> None:
    """Print the table; with --write put it into the README."""
    sizes = tuple(int(word) for word in sys.argv[1:] if word.isdigit()) or SIZES
    today = datetime.now(UTC).date().isoformat()
    text = f"{today}, {platform.machine()}, two shared cores, milliseconds\n\n{table(sizes)}\n"
    print(text)
    if "--write" in sys.argv[1:]:
        readme = HERE / "README.md"
        before, _, rest = readme.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


if __name__ == "__main__":
    main()
