"""Translate a market of the product into the words of the naive one, and its fills back into records."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from tests.reference.account import value_of
from tests.reference.market import Market as NaiveMarket
from tests.reference.words import DAY_NS, UNLIMITED, Bar, Costs, Name, Rules, Spec, Tier
from tickwright.domain.bars import Bars
from tickwright.domain.costs import DEFAULT_FEE_PPB, CostModel
from tickwright.domain.digest import account_digest, fills_digest
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.market import Funding, Market
from tickwright.domain.records import ACCOUNT_EVENT, FILL, AccountEventKind, Liquidity
from tickwright.engine.terms import tiers_of

PPB = 10**9


def name_of(identity: InstrumentId) -> Name:
    """An instrument's name in the naive market."""
    return identity.exchange, identity.symbol


def naive_market(market: Market, costs: CostModel, cash: Decimal) -> NaiveMarket:
    """The naive market over the same instruments, candles, costs and cash."""
    specs = [_spec(market, place, costs) for place in range(len(market.instruments))]
    names = [name_of(identity) for identity in market.ids]
    finest, bars = (
        {name: _bars(part) for name, part in zip(names, series, strict=True)} for series in (market.finest, market.bars)
    )
    marks = {name: _bars(own) for name, own in zip(names, market.marks, strict=True) if own is not None}
    funding = {name: _funding(own) for name, own in zip(names, market.funding, strict=True) if own is not None}
    money = int(cash.scaleb(market.asset_scales[0]))
    return NaiveMarket(
        specs, finest, naive_costs(market, costs), money, informing=bars, marks=marks, funding=funding,
        maintenance_at=costs.maintenance_at,
    )  # fmt: skip


def naive_costs(market: Market, costs: CostModel) -> Costs:
    """The cost model as exact fractions."""
    participation = costs.participation_ppb
    travels = costs.latency_ns >= market.finest[0].timeframe.length_ns
    return Costs(
        fee_in=costs.fee_asset,
        spread=Fraction(2 * costs.half_spread_ppb, PPB),
        slippage=Fraction(costs.slippage_ppb, PPB),
        impact=costs.impact,
        prefactor=costs.impact_y,
        permanent=costs.impact_gamma,
        latency_days=0.0 if travels else costs.latency_ns / DAY_NS,
        wait_ns=costs.latency_ns if travels else 0,
        participation=None if participation is None else Fraction(participation, PPB),
        volume_floor=costs.volume_floor,
        window_ns=costs.statistics_window_ns,
        decay_ns=costs.decay_window_ns,
        limit_fill=costs.limit_fill,
        limit_gap=costs.limit_gap,
        spread_volatility=costs.spread_volatility,
        refuse_triggered=costs.refuse_triggered,
    )


def _spec(market: Market, place: int, costs: CostModel) -> Spec:
    instrument = market.instruments[place]
    price_scale, quantity_scale = market.price_scales[place], market.quantity_scales[place]
    money_scale = market.asset_scales[0]
    rules = tuple(
        Rules(
            rule.valid_from_ns,
            int(rule.tick.scaleb(price_scale)),
            int((rule.lot * instrument.contract_size).scaleb(quantity_scale)),
            int(rule.min_notional.scaleb(money_scale)),
            int((rule.min_quantity * instrument.contract_size).scaleb(quantity_scale)),
            UNLIMITED
            if rule.max_quantity is None
            else int((rule.max_quantity * instrument.contract_size).scaleb(quantity_scale)),
        )
        for rule in instrument.rules
    )
    return Spec(
        name=name_of(instrument.id),
        price_scale=price_scale,
        quantity_scale=quantity_scale,
        money_scale=money_scale,
        timeframe_ns=market.finest[place].timeframe.length_ns,
        rules=rules,
        base_asset=instrument.id.base,
        quote_asset=market.cash_asset,
        maker_fee=_fee(costs.maker_fee_ppb, instrument.maker_fee),
        taker_fee=_fee(costs.taker_fee_ppb, instrument.taker_fee),
        perpetual=instrument.kind == "perpetual",
        leverage=Fraction(market.margins[place].leverage),
        isolated=market.margins[place].mode == "isolated",
        tiers=tuple(
            Tier(int(row["above"]), Fraction(int(row["rate_ppb"]), PPB), Fraction(int(row["amount"])))
            for row in tiers_of(instrument)
        ),
        liquidation_fee=Fraction(instrument.liquidation_fee),
        keeps_leftover=instrument.keeps_leftover,
        has_volume=bool(market.finest[place].volume.any()),
    )


def _fee(ppb: int | None, own: Decimal | None) -> Fraction:
    if ppb is not None:
        return Fraction(ppb, PPB)
    return Fraction(own) if own is not None else Fraction(DEFAULT_FEE_PPB, PPB)


def _funding(own: Funding) -> list[tuple[int, Fraction]]:
    rows = zip(own.ts_ns.tolist(), own.rate_ppb.tolist(), strict=True)
    return [(ts_ns, Fraction(rate, PPB)) for ts_ns, rate in rows]


def _bars(series: Bars) -> list[Bar]:
    length = series.timeframe.length_ns
    columns = (series.open_time_ns, series.open, series.high, series.low, series.close, series.volume)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Bar(opened, opened + length, *prices) for opened, *prices in rows]


def digests(market: Market, naive: NaiveMarket) -> tuple[str, str]:
    """The fingerprints of the naive market's fills and account events."""
    return (
        fills_digest(
            fill_records(market, naive),
            market.ids,
            market.assets,
            market.price_scales,
            market.quantity_scales,
            market.asset_scales,
        ),
        account_digest(account_records(market, naive), market.ids, market.assets, market.asset_scales),
    )


def fits(naive: NaiveMarket) -> bool:
    """Whether every fill's price and money fit into 64 bits, and float64 settles each impact to the ppb.

    Beyond 64 bits the engine refuses; beyond an impact of 100 % the last ppb depends on how a power is computed.
    """
    specs = naive.specs
    return all(
        fill.price < min(2**62, 2 * fill.reference + 2)
        and value_of(specs[fill.name], 1, fill.price, fill.quantity) < 2**62
        for fill in naive.fills
    )


def fill_records(market: Market, naive: NaiveMarket) -> np.ndarray:
    """The naive market's fills in the product's layout."""
    places = {name_of(identity): place for place, identity in enumerate(market.ids)}
    records = np.zeros(len(naive.fills), FILL)
    for sequence, (record, fill) in enumerate(zip(records, naive.fills, strict=True)):
        record["ts_ns"], record["sequence"], record["order_id"] = fill.ts_ns, sequence, fill.order
        record["price"], record["quantity"], record["fee"] = fill.price, fill.quantity, fill.fee
        record["instrument"], record["side"] = places[fill.name], fill.side
        record["fee_asset"] = market.assets.index(fill.fee_asset)
        record["liquidity"], record["at_open"] = Liquidity[fill.liquidity.upper()], fill.at_open
    return records


def account_records(market: Market, naive: NaiveMarket) -> np.ndarray:
    """The naive market's movements of money without a trade, in the product's layout."""
    places = {name_of(identity): place for place, identity in enumerate(market.ids)}
    records = np.zeros(len(naive.account_events), ACCOUNT_EVENT)
    for sequence, (record, event) in enumerate(zip(records, naive.account_events, strict=True)):
        record["ts_ns"], record["sequence"], record["amount"] = event.ts_ns, sequence, event.amount
        record["instrument"] = places[event.name]
        record["asset"], record["kind"] = market.assets.index(event.asset), AccountEventKind[event.kind.upper()]
    return records


def instrument(
    symbol: str,
    *,
    tick: str = "0.01",
    lot: str = "1e-8",
    min_notional: str = "0",
    later: Sequence[tuple[int, str, str, str]] = (),
    **terms: object,
) -> Instrument:
    """A spot instrument for tests; `later` are rules that hold from a time on: tick, lot and minimum notional."""
    from tickwright.domain.instrument import TradingRules

    rules = tuple(
        TradingRules(valid_from_ns, *(Decimal(number) for number in numbers))
        for valid_from_ns, *numbers in ((0, tick, lot, min_notional), *later)
    )
    return Instrument(InstrumentId.parse(symbol, exchange="binance"), rules, **terms)  # type: ignore[arg-type]
