"""The program that tests hold, or start several times at once: it keeps runs in a project, or removes one.

python run_keeper.py TASK RUNS SOURCE [ADDRESS] [MUTANT]

`keep` keeps one run with the content of the folder SOURCE, `many` keeps five and logs five searches, `remove` removes
the latest. ADDRESS is another database than the one in RUNS. The mutant `hasty` calls a run finished before its files
and rows are there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tickwright.adapters.storage.database import run_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.trial_log import TrialLog
from tickwright.adapters.storage.run_folder import RunFolder
from tickwright.adapters.storage.run_store import RunStore
from tickwright.adapters.storage.search_record import SearchRecord, TrialRange, TriedSet

CREATED_NS = 1_704_110_400_000_000_000
LOOKED_AT = TrialRange(("binance:BTC/USDT",), "1h", 0, 100)
MANY = 5


def main(task: str, runs: str, source: str, address: str = "", mutant: str = "") -> None:
    database = Database(address or Path(runs) / "tickwright.sqlite")
    database.make_ready()
    store = RunStore(Path(runs), run_rows.RunRows(database))
    if mutant == "hasty":
        run_rows.WRITING = run_rows.FINISHED  # type: ignore[misc]
    if task == "remove":
        store.remove("latest")
    else:
        place = Path(source)
        result, trades, manifest = RunFolder(place.parent).load(place.name)
        for number in range(MANY if task == "many" else 1):
            store.save("trend", CREATED_NS, "seed", result, trades, manifest)
            if task == "many":
                trial = TriedSet({"fast": number}, {})
                TrialLog(database).record(SearchRecord(number, "SmaCross", LOOKED_AT, {}, [trial]))
                store.all()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
