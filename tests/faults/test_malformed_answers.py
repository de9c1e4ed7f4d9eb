"""DI-08: malformed payloads.

MUST: a bad answer is refused and named with its source; the process stays up; memory is bounded; no partial row is
written. Mutants: one that takes text for a float, one without a bound on answers.
"""

from __future__ import annotations

import gzip
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from aiohttp import web

from tests.adapters.exchanges.surroundings import NOON
from tests.faults.exchange_bench import KLINES, ExchangeBench, exchange_bench
from tickwright.adapters.exchanges import candle_rows, ccxt_client
from tickwright.adapters.sandbox.clock import ExchangeClock
from tickwright.adapters.sandbox.faults import Answer, Fault, Proceed, Rewrite, Truncate, html_page
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.domain.errors import BadResponse
from tickwright.domain.timestamp import HOUR, parse_instant

YEAR = parse_instant("2024-01-01")
END = YEAR + 3000 * HOUR


def field(row: int, place: int, value: Any) -> Rewrite:
    """The exchange's answer with one field changed."""

    def change(body: bytes) -> bytes:
        rows = orjson.loads(body)
        rows[row][place] = value
        return orjson.dumps(rows)

    return Rewrite(change)


WHOLE_ANSWER: dict[str, Fault] = {
    "truncated JSON": Rewrite(lambda body: body[:-7]),
    "a truncated body": Truncate(5000),
    "a page of HTML": html_page(),
    "NaN": field(500, 4, "NaN"),
    "infinity": field(500, 2, "Infinity"),
    "1e308": field(500, 2, "1e308"),
    "a float for text": field(500, 1, 42283.58),
    "an unknown shape": Answer(200, '{"candles": []}'),
    "a bomb of garbage": Answer(200, gzip.compress(b"\x00" * 1_000_000), headers={"Content-Encoding": "gzip"}),
}


async def nothing_of_the_answer_is_kept(folder: Path, spoiled: Fault) -> None:
    """The second of three pages is spoiled for good: the first stays whole, and once it is over the rest follows."""
    truth = bundled_candles("BTC/USDT")
    async with exchange_bench(folder, NOON) as bench:
        bench.server.faults.add(spoiled, KLINES, skip=1, times=None)
        with pytest.raises(BadResponse, match="BTC/USDT 1h") as caught:
            await bench.fetch(YEAR, END)
        assert bench.server.url in str(caught.value)
        assert bench.stored().content_hash() == truth.between(YEAR, YEAR + 1000 * HOUR).content_hash()
        bench.server.faults.clear()
        report = await bench.fetch(YEAR, END)
        assert report.inserted == 2000
        assert bench.stored().content_hash() == truth.between(YEAR, END).content_hash()


@pytest.mark.parametrize("spoiled", WHOLE_ANSWER.values(), ids=WHOLE_ANSWER.keys())
async def test_nothing_of_a_malformed_answer_is_kept(tmp_path: Path, spoiled: Fault) -> None:
    await nothing_of_the_answer_is_kept(tmp_path, spoiled)


async def test_the_scenario_finds_a_gateway_that_reads_numbers_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candle_rows, "_texts", lambda rows, place, where: [str(row[place]) for row in rows])
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await nothing_of_the_answer_is_kept(tmp_path, WHOLE_ANSWER["a float for text"])


def swapped(body: bytes) -> bytes:
    """Two neighbouring candles in the wrong order."""
    rows = orjson.loads(body)
    rows[10], rows[11] = rows[11], rows[10]
    return orjson.dumps(rows)


def doubled(body: bytes) -> bytes:
    """A candle said twice."""
    rows = orjson.loads(body)
    return orjson.dumps([*rows[:10], rows[9], *rows[10:]])


ONE_ROW: dict[str, tuple[Fault, list[str], bool]] = {
    "a negative price": (field(10, 3, "-1.00000000"), ["low"], False),
    "a high below the low": (field(10, 2, "1.00000000"), ["high"], False),
    "a price of zero": (field(10, 4, "0.00000000"), ["close"], False),
    "a negative volume": (field(10, 5, "-5.00000000"), ["volume"], False),
    "off the grid": (
        field(10, 0, (YEAR + 10 * HOUR) // 1_000_000 + 1),
        ["is not the open time of a 1h candle"],
        False,
    ),
    "outside of the window": (field(10, 0, (YEAR - HOUR) // 1_000_000), [], False),
    "the wrong order": (Rewrite(swapped), [], True),
    "said twice": (Rewrite(doubled), [], True),
}


@pytest.mark.parametrize(("spoiled", "reasons", "kept"), ONE_ROW.values(), ids=ONE_ROW.keys())
async def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_kept(
    tmp_path: Path, spoiled: Fault, reasons: list[str], kept: bool
) -> None:
    """The tenth candle is spoiled: all others are stored, itself only where nothing of it is in doubt."""
    async with exchange_bench(tmp_path, NOON) as bench:
        bench.server.faults.add(spoiled, KLINES)
        report = await bench.fetch(YEAR, YEAR + 100 * HOUR)
        assert len(report.refused) == len(reasons)
        assert all(reason in row.reason for reason, row in zip(reasons, report.refused, strict=True))
        truth = bundled_candles("BTC/USDT").between(YEAR, YEAR + 100 * HOUR)
        good = np.ones(100, bool)
        good[10] = kept
        assert bench.stored().content_hash() == truth.where(good).content_hash()


@dataclass(frozen=True)
class Flood:
    """So many spaces, sent piece by piece, so that the server holds none of them."""

    size: int

    async def strike(self, request: web.Request, proceed: Proceed, clock: ExchangeClock) -> web.StreamResponse:
        """Send until everything is sent or nobody listens."""
        flood = web.StreamResponse(headers={"Content-Type": "application/json"})
        await flood.prepare(request)
        for _ in range(self.size // 65_536):
            await flood.write(b" " * 65_536)
        return flood


async def most_memory_for(bench: ExchangeBench, answer: Fault) -> int:
    """The most bytes held at once while an answer is refused."""
    async with bench.gateway() as data:
        await data.instruments()
        bench.server.faults.add(answer, "*/time", times=None)
        tracemalloc.start()
        try:
            with pytest.raises(BadResponse):
                await data.exchange_clock()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


LARGE: dict[str, Fault] = {
    "a frame of 50 MB": Flood(50_000_000),
    "a compressed bomb of 200 MB": Answer(
        200, gzip.compress(b" " * 200_000_000, 1), headers={"Content-Encoding": "gzip"}
    ),
}


@pytest.mark.parametrize("answer", LARGE.values(), ids=LARGE.keys())
async def test_memory_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Fault) -> None:
    """With a bound of 2 MB on an answer, refusing one of 50 or 200 costs a tenth of it."""
    monkeypatch.setattr(ccxt_client, "LARGEST_ANSWER", 2_000_000)
    async with exchange_bench(tmp_path, NOON) as bench:
        assert await most_memory_for(bench, answer) < 16_000_000


async def test_the_scenario_finds_a_client_without_a_bound(tmp_path: Path) -> None:
    async with exchange_bench(tmp_path, NOON) as bench:
        assert await most_memory_for(bench, LARGE["a frame of 50 MB"]) > 40_000_000
