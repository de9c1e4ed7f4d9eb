"""One measured process per (engine, job): CPU and wall seconds of the job itself, and the process's peak memory.

Each engine's script is called with a job's name and prints one JSON line. Compilation and imports are warmed up first
by the same job on fewer bars, so what is timed is the work. The best of three is reported.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable


def measure(job: str, units: int, work: Callable[[], object], warm: Callable[[], object], repeats: int = 3) -> None:
    """Warm up, time `work` and print its figures; `units` is how many bars (times parameter sets) it goes through."""
    warm()
    best_wall, best_cpu, answer = float("inf"), float("inf"), None
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        best_wall = min(best_wall, time.perf_counter() - wall)
        best_cpu = min(best_cpu, time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "job": job,
                "wall_s": best_wall,
                "cpu_s": best_cpu,
                "rate": units / best_wall,
                "peak_mb": peak / 1024,
                "answer": answer,
            }
        ),
        flush=True,
    )


def chosen(jobs: dict[str, Callable[[], None]]) -> None:
    """Run the job named on the command line."""
    jobs[sys.argv[1]]()
