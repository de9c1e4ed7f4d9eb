"""Old rows into an archive by the project's rules, and series from one store into another.

Invariants: nothing leaves a store before the archive gave it back row for row (`ingest.retention`); a plan changes
nothing; both jobs may be interrupted and typed again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, get_args

from tickwright.adapters.storage.opening import open_catalogue, open_store, shown_location
from tickwright.bootstrap.archive_record import remember_archive
from tickwright.bootstrap.project import Project
from tickwright.bootstrap.stored_data import SeriesChoice, chosen_series
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import SettingsError, UsageError
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import iso
from tickwright.ingest.copying import copy_series
from tickwright.ingest.retention import RetentionRule, bring_back, plan_retention, retire


def retention_rules(keep: Mapping[str, int]) -> list[RetentionRule]:
    """The rules of a table of spans, those for a timeframe before those for a kind; raises `SettingsError`.

    >>> [(rule.kind, str(rule.timeframe)) for rule in retention_rules({"candles": 5, "1m": 3})]
    [(None, '1m'), ('candles', 'None')]
    """
    named: tuple[SeriesKind, ...] = get_args(SeriesKind)
    kinds = [RetentionRule(keep[kind], kind=kind) for kind in named if kind in keep]
    try:
        rules = [
            RetentionRule(span, timeframe=Timeframe.parse(name)) for name, span in keep.items() if name not in named
        ]
    except UsageError as failure:
        expected = f"a timeframe such as 1m, or one of {', '.join(named)}"
        raise SettingsError(failure.message, where="retention.keep", expected=expected) from None
    return [*rules, *kinds]


def archive(
    project: Project,
    place: str,
    keep: Mapping[str, int],
    *,
    carry_out: bool,
    now_ns: Callable[[], int] = time.time_ns,
) -> dict[str, Any]:
    """What the rules would move into the archive; with `carry_out` it is moved."""
    plan = plan_retention(project.store, retention_rules(keep), now_ns())
    target = project.archive(place)
    moved = []
    for retirement in plan:
        rows = retire(project.store, target, retirement) if carry_out else retirement.rows
        moved.append({"series": str(retirement.key), "before": iso(retirement.before_ns), "rows": rows})
    if carry_out:
        remember_archive(project.data_directory, place, target)
    return {"archive": shown_location(place), "carried_out": carry_out, "series": moved}


def unarchive(
    project: Project, place: str, choice: SeriesChoice, start_ns: int | None, end_ns: int | None
) -> dict[str, Any]:
    """Put archived rows of the chosen series and range into the project's store again; the archive keeps them."""
    source = project.archive(place)
    held = set(source.keys())
    rows = [
        {"series": str(key), "rows": bring_back(project.store, source, key, start_ns, end_ns)}
        for key in chosen_series(project, choice)
        if key in held
    ]
    return {"archive": shown_location(place), "series": rows}


def copy_store(project: Project, target: str, choice: SeriesChoice) -> dict[str, Any]:
    """The chosen series of the project's store into another store, each compared when it has arrived.

    What is known of their instruments goes along.
    """
    destination, catalogue = open_store(target), open_catalogue(target)
    rows = []
    chosen = chosen_series(project, choice)
    for identity in dict.fromkeys(key.instrument for key in chosen):
        known = project.catalogue.find(identity)
        if known is not None:
            catalogue.keep(known)
    for key in chosen:
        report = copy_series(project.history, destination, key)
        counts = {"inserted": report.inserted, "revised": report.revised, "unchanged": report.unchanged}
        rows.append({"series": str(key), **counts})
    return {"to": shown_location(target), "series": rows}
