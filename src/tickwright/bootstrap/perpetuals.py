"""What a run on perpetuals needs beside its candles: how they are held, mark prices, funding, maintenance tiers.

Invariants: what is stored is used, and what is missing is a warning of the run that says what counts instead; a tier
table of the settings counts where the instrument's own is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tickwright.bootstrap.project import Project
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.events import funding_of
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.margin import ASSUMED_TIERS, UNLEVERED, MaintenanceTier, Margin
from tickwright.domain.market import Funding


@dataclass(frozen=True)
class PerpetualTerms:
    """How perpetuals are held, and what counts of them where the instrument itself does not say."""

    margin: Margin = UNLEVERED
    tiers: tuple[MaintenanceTier, ...] = ()
    liquidation_fee: Decimal = Decimal(0)
    own_margins: Mapping[str, Margin] = field(default_factory=dict)

    def margin_of(self, identity: InstrumentId) -> Margin:
        """How one is held: as said for it, by `exchange:SYMBOL` or by `SYMBOL`, else as all."""
        return self.own_margins.get(str(identity), self.own_margins.get(identity.symbol, self.margin))

    def completed(self, instrument: Instrument, warnings: list[str]) -> Instrument:
        """An instrument with maintenance tiers and a liquidation fee."""
        if instrument.kind != "perpetual":
            return instrument
        fee = instrument.liquidation_fee or self.liquidation_fee
        if not instrument.tiers and not self.tiers:
            rate = ASSUMED_TIERS[0].rate
            warnings.append(f"{instrument.id}: maintenance tiers are not known; {rate:%} of any notional is assumed")
        return replace(instrument, tiers=instrument.tiers or self.tiers or ASSUMED_TIERS, liquidation_fee=fee)


PAID_IN_FULL = PerpetualTerms()
"""Without leverage, with whatever the instruments say."""


def stored_marks(
    project: Project, instrument: Instrument, traded: Bars, as_of_ns: int | None, warnings: list[str]
) -> Bars | None:
    """The mark prices over the candles that orders meet; None where none are stored."""
    if instrument.kind != "perpetual":
        return None
    key = SeriesKey(instrument.id, traded.timeframe, "mark")
    if project.history.coverage(key).rows:
        first, last = int(traded.open_time_ns[0]), int(traded.open_time_ns[-1])
        marks = project.history.read(key, first, last + 1, as_of_ns=as_of_ns)
        if len(marks):
            return marks
    warnings.append(f"{instrument.id}: no {traded.timeframe} mark prices are stored; trades liquidate and value it")
    return None


def stored_funding(
    project: Project, instrument: Instrument, traded: Bars, as_of_ns: int | None, warnings: list[str]
) -> Funding | None:
    """The funding that falls due while these candles trade; None where none is stored."""
    if instrument.kind != "perpetual":
        return None
    key = SeriesKey(instrument.id, None, "funding")
    first, end = int(traded.open_time_ns[0]), int(traded.open_time_ns[-1]) + traded.timeframe.length_ns
    if project.history.coverage(key).rows:
        funding = funding_of(project.history.read_events(key, first, end + 1, as_of_ns=as_of_ns))
        if len(funding.ts_ns):
            return funding
    warnings.append(f"{instrument.id}: no funding is stored; none is paid")
    return None
