"""Which table holds the rows of a kind, and how such a table looks.

Invariants: candles, mark and index prices share `market.candles`, every kind of event has a table of its own; a table
of rows has a partition per year, its former versions lie in a table beside it that has none; both have the columns of
the kind's layout between the series and the instant of recording.
"""

from __future__ import annotations

from dataclasses import dataclass

from tickwright.adapters.storage.rows import RECORDED
from tickwright.domain.bars import SeriesKind
from tickwright.domain.row_layout import CANDLE_KINDS, EVENT_KINDS, RowLayout, layout_of


@dataclass(frozen=True, slots=True)
class RowTable:
    """The table of a kind's rows, that of their former versions, and what the rows consist of."""

    name: str
    former: str
    layout: RowLayout

    @property
    def columns(self) -> str:
        """The columns of a row, as a query names them."""
        return ", ".join(("series_id", *self.layout.columns, RECORDED))

    def definition(self, *, partitioned: bool) -> str:
        """The statements that make both tables; they may run again."""
        numbers = ", ".join(f"{name} bigint not null" for name in (*self.layout.columns, RECORDED))
        key = ", ".join(("series_id", *self.layout.order))
        time, index = self.layout.time, f"{self.former.removeprefix('market.')}_by_time"
        return (
            f"create table if not exists {self.name} (series_id bigint not null, {numbers}, primary key ({key}))"
            f"{f' partition by range ({time})' if partitioned else ''};\n"
            f"create table if not exists {self.former} (series_id bigint not null, {numbers}, "
            "superseded_ns bigint not null, reason text not null);\n"
            f"create index if not exists {index} on {self.former} (series_id, {time});\n"
        )


CANDLES = RowTable("market.candles", "market.superseded", layout_of("candles"))
EVENTS = {kind: RowTable(f"market.{kind}", f"market.superseded_{kind}", layout_of(kind)) for kind in EVENT_KINDS}


def table_of(kind: SeriesKind) -> RowTable:
    """The table of a kind's rows.

    >>> table_of("mark").name, table_of("funding").columns
    ('market.candles', 'series_id, ts_ns, rate, mark, recorded_ns')
    """
    return CANDLES if kind in CANDLE_KINDS else EVENTS[kind]
