"""What a project's market store holds, as plain rows: series, gaps, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tickwright.adapters.storage.place import place_of
from tickwright.bootstrap.project import Project
from tickwright.domain.bars import Bars, SeriesKey, SeriesKind
from tickwright.domain.errors import DataMissing, UsageError
from tickwright.domain.events import exact_text
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import layout_of
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ingest.any_series import read_series
from tickwright.ingest.consistency import compare_timeframes, finer_series
from tickwright.ingest.quality import Quality, quality_of


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """Which stored series are meant: those of these instruments, timeframe and kind, of any where one is not said."""

    instruments: tuple[InstrumentId, ...] = ()
    timeframe: Timeframe | None = None
    kind: SeriesKind | None = None

    @classmethod
    def of(
        cls, exchange: str, symbols: Sequence[str] = (), timeframe: str | None = None, kind: SeriesKind | None = None
    ) -> SeriesChoice:
        """The choice that words make; symbols that name no exchange are of this one. Raises `UsageError`."""
        named = tuple(InstrumentId.parse(symbol, exchange=exchange, where="--symbol") for symbol in symbols)
        return cls(named, None if timeframe is None else Timeframe.parse(timeframe, where="--timeframe"), kind)

    def concerns(self, key: SeriesKey) -> bool:
        """Whether a series has the timeframe and the kind."""
        return self.timeframe in (None, key.timeframe) and self.kind in (None, key.kind)

    def __str__(self) -> str:
        """What is looked for, as a sentence names it."""
        return " ".join(str(part) for part in (self.timeframe, self.kind or "series") if part is not None)


def list_series(project: Project, choice: SeriesChoice = SeriesChoice()) -> list[dict[str, Any]]:
    """One row per stored series; `archived` are the rows of it that are in the archive alone."""
    rows = []
    for key in chosen_series(project, choice):
        held = project.history.coverage(key)
        rows.append(
            {
                "series": str(key),
                "exchange": key.instrument.exchange,
                "symbol": key.instrument.symbol,
                "kind": key.kind,
                "timeframe": None if key.timeframe is None else str(key.timeframe),
                "rows": held.rows,
                "archived": held.rows - project.store.coverage(key).rows,
                "first": None if held.first_ns is None else iso(held.first_ns),
                "last": None if held.last_ns is None else iso(held.last_ns),
                "gaps": len(held.gaps),
                "missing_bars": sum(gap.bars for gap in held.gaps),
            }
        )
    return rows


def gap_rows(project: Project, choice: SeriesChoice) -> list[dict[str, Any]]:
    """Every hole of the chosen series, in order of series and time."""
    return [
        {
            "series": str(key),
            "start": iso(gap.start_ns),
            "end": iso(gap.end_ns),
            "bars": gap.bars,
            "kind": gap.kind.value,
            "note": gap.note,
        }
        for key in chosen_series(project, choice)
        for gap in project.history.coverage(key).gaps
    ]


def verify_series(project: Project, choice: SeriesChoice, *, deep: bool) -> dict[str, Any]:
    """What `verify` found in the chosen series, and how much it looked at; `deep` compares bar lengths, too."""
    keys = chosen_series(project, choice)
    findings = [finding for key in keys for finding in project.history.verify(key, deep=deep)]
    compared = 0
    sound = [key for key in keys if not any(finding.key == key for finding in findings)] if deep else []
    for fine, coarse in finer_series(sound):
        agreement = compare_timeframes(project.history.read(fine), project.history.read(coarse))
        compared += agreement.compared
        findings += agreement.differences
    return {
        "series": len(keys),
        "rows": sum(project.history.coverage(key).rows for key in keys),
        "deep": deep,
        "bars_compared": compared,
        "findings": [
            {"series": str(finding.key), "place": finding.place, "reason": finding.reason} for finding in findings
        ],
    }


def judge_series(project: Project, choice: SeriesChoice) -> dict[str, Any]:
    """The quality of the chosen series, the worst first: the score and what it is made of."""
    keys = chosen_series(project, choice)
    found = sorted((quality_of(project.history, key) for key in keys), key=lambda one: (one.score, one.key))
    return {
        "series": [
            {
                "series": str(one.key),
                "score": one.score,
                "rows": one.rows,
                "missing": {str(kind): bars for kind, bars in sorted(one.missing.items())},
                "doubtful": sum(doubt.bars for doubt in one.doubts),
                "quarantined": one.quarantined,
                "doubts": _doubt_documents(project, one),
            }
            for one in found
        ]
    }


def _doubt_documents(project: Project, judged: Quality) -> list[dict[str, Any]]:
    if not judged.doubts:
        return []
    series = read_series(project.history, judged.key)
    times = series.open_time_ns if isinstance(series, Bars) else series.ts_ns
    return [{"at": iso(int(times[one.row])), "bars": one.bars, "reason": one.reason} for one in judged.doubts]


def quarantined_rows(project: Project, choice: SeriesChoice) -> dict[str, Any]:
    """The rows of the chosen series that came and were not believed, oldest first."""
    keys = chosen_series(project, choice)
    return {
        "rows": [
            {
                "series": str(key),
                "place": row.place,
                "reason": row.reason,
                "source": row.source,
                "recorded": iso(row.recorded_ns),
            }
            for key in keys
            for row in project.history.quarantined(key)
        ]
    }


def ask_in_sql(project: Project, question: str, most: int) -> dict[str, Any]:
    """The answer to one SELECT over the project's lake, as plain values; raises `UsageError` for any other store."""
    from tickwright.adapters.storage.lake.query import ask

    place = place_of(project.store_url or project.data_directory)
    if not isinstance(place, Path) or "://" in str(project.store_url or ""):
        hint = "Ask a database with its own client; `tickwright data copy --to DIRECTORY` makes a lake of any store."
        raise UsageError(
            "SQL is answered from a lake in a directory", where="--store", expected="a directory", hint=hint
        )
    answer = ask(place.absolute(), question, most=most)
    rows = [[_plain(value) for value in row] for row in answer.rows]
    return {"columns": list(answer.columns), "rows": rows, "more": answer.more}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat(timespec="seconds") + "Z" if isinstance(value, datetime) else str(value)


def chosen_series(project: Project, choice: SeriesChoice) -> list[SeriesKey]:
    """The stored series of a choice; raises `DataMissing` where there is none of an instrument it names."""
    stored = [key for key in project.history.keys() if choice.concerns(key)]  # noqa: SIM118 - a store is not a dict
    for identity in choice.instruments:
        if not any(key.instrument == identity for key in stored):
            raise DataMissing(
                f"no {choice} of {identity} {'are' if choice.kind else 'is'} stored",
                where=str(project.home),
                hint="`tickwright data ls` lists what is stored.",
            )
    return [key for key in stored if not choice.instruments or key.instrument in choice.instruments]


def show_series(
    project: Project, key: SeriesKey, start_ns: int | None, end_ns: int | None, *, most: int, as_of_ns: int | None
) -> dict[str, Any]:
    """The first and the last rows of a range, at most `most`, with exact values as text; raises `DataError`."""
    read = project.history.read if key.timeframe is not None else project.history.read_events
    series = read(key, start_ns, end_ns, as_of_ns=as_of_ns)
    rows = list(range(len(series)))
    shown = rows if len(rows) <= most else [*rows[: (most + 1) // 2], *rows[len(rows) - most // 2 :]]
    columns = layout_of(key.kind).columns
    return {
        "series": str(key),
        "columns": ["time", *columns[1:]],
        "rows": [[exact_text(series, name, row) for name in columns] for row in shown],
        "of": len(series),
        "left_out": len(series) - len(shown),
    }
