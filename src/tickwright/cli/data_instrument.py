"""`tickwright data instrument`: what is known of an instrument, with dates, shown and noted."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from tickwright.cli import run_options as options
from tickwright.cli.data_group import app
from tickwright.cli.frame import Frame, command
from tickwright.cli.output import Answer, Paper


@command(app, "instrument")
def instrument(
    frame: Frame,
    symbol: Annotated[str, Argument(help="BASE/QUOTE or EXCHANGE:BASE/QUOTE.")],
    exchange: options.Exchange = None,
    listed: Annotated[str | None, Option("--listed", help="Note: the day it began to trade.")] = None,
    delisted: Annotated[str | None, Option("--delisted", help="Note: the day it ceased to.")] = None,
    relisted: Annotated[str | None, Option("--relisted", help="Note: the day it traded again.")] = None,
    formerly: Annotated[str | None, Option("--formerly", help="Note: its name before --renamed.")] = None,
    renamed: Annotated[str | None, Option("--renamed", help="Note: the day it took its present name.")] = None,
    tick: Annotated[str | None, Option("--tick", help="Note: the step of its price, from --since on.")] = None,
    lot: Annotated[str | None, Option("--lot", help="Note: the step of its quantity, from --since on.")] = None,
    min_notional: Annotated[
        str | None, Option("--min-notional", help="Note: the least value of an order, from --since on.")
    ] = None,
    since: Annotated[
        str | None, Option("--since", help="From when the noted rules hold; ever since where unset.")
    ] = None,
    store: options.Store = None,
) -> Answer:
    """Show what is known of an instrument, with dates, or note what an exchange does not say."""
    from tickwright.bootstrap.instruments import InstrumentNote, known_instrument, note_instrument
    from tickwright.bootstrap.project import Project
    from tickwright.domain.instrument import InstrumentId

    settings = frame.settings({"store.url": store})
    project = Project.of(frame.home, settings)
    identity = InstrumentId.parse(symbol, exchange=exchange or settings.defaults.exchange, where="SYMBOL")
    note = InstrumentNote(listed, delisted, relisted, formerly, renamed, tick, lot, min_notional, since)
    found = note_instrument(project, identity, note) if note.says_something() else known_instrument(project, identity)

    def text(paper: Paper) -> None:
        paper.line(found["instrument"])
        paper.facts([(name, found[name]) for name in ("kind", "status", "listed", "delisted", "source")], indent=2)
        for pause in found["pauses"]:
            paper.line(f"  delisted {pause['delisted']}, listed again {pause['listed']}")
        for former in found["formerly"]:
            paper.line(f"  {former['name']} until {former['until']}")
        columns = ("since", "tick", "lot", "min_notional")
        paper.table(columns, [[rule[name] for name in columns] for rule in found["rules"]])

    return Answer("data-instrument", found, text)
