"""What instruments, dated rules, costs, margin and our own limits are in the kernel's units.

Invariants: steps are exact or refused; what a venue demands rounds up, what it allows rounds down; a fee that neither
the run nor the instrument names is the base fee.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickwright.domain.costs import DEFAULT_FEE_PPB, CostModel
from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.instrument import Instrument
from tickwright.domain.limits import RiskLimits
from tickwright.domain.margin import ASSUMED_TIERS
from tickwright.domain.market import MONEY_SCALE, Market
from tickwright.domain.money import units_exact, units_rounded_down, units_rounded_up
from tickwright.domain.timestamp import DAY, SECOND
from tickwright.engine.rows import MarketRows
from tickwright.kernel import layout

Array = npt.NDArray[Any]
_IMPACTS: Final = {"none": layout.IMPACT_NONE, "linear": layout.IMPACT_LINEAR, "sqrt": layout.IMPACT_SQRT}
_PPB_SCALE: Final = 9


def rules_of(rows: MarketRows, place: int) -> Array:
    """An instrument's rules from the first traded row on, the one in force there first; layout `RULES`."""
    market = rows.market
    instrument, quantity_scale = market.instruments[place], market.quantity_scales[place]
    start, contract = int(rows.open_ns[rows.first_row]), instrument.contract_size
    dated = [instrument.rules_at(start), *(rules for rules in instrument.rules if rules.valid_from_ns > start)]
    answer = np.zeros(len(dated), layout.RULES)
    for row, rules in zip(answer, dated, strict=True):
        row["valid_from_ns"], row["instrument"] = rules.valid_from_ns, place
        row["tick"] = units_exact(rules.tick, market.price_scales[place], where=f"tick of {instrument.id}")
        row["lot"] = units_exact(rules.lot * contract, quantity_scale, where=f"lot of {instrument.id}")
        row["min_notional"] = units_rounded_up(rules.min_notional, MONEY_SCALE)
        row["min_quantity"] = units_rounded_up(rules.min_quantity * contract, quantity_scale)
        most = rules.max_quantity
        row["max_quantity"] = 0 if most is None else units_rounded_down(most * contract, quantity_scale)
        if row["tick"] <= 0 or row["lot"] <= 0:
            raise DataError(f"{instrument.id} has a tick or lot of 0", where="instrument", expected="positive steps")
    return answer


def tiers_of(instrument: Instrument) -> Array:
    """A perpetual's maintenance tiers in the kernel's units, amounts rounded down: layout `TIER`."""
    tiers = instrument.tiers or ASSUMED_TIERS
    answer = np.zeros(len(tiers), layout.TIER)
    for row, tier in zip(answer, tiers, strict=True):
        row["above"] = units_rounded_down(tier.notional_above, MONEY_SCALE)
        row["rate_ppb"] = units_rounded_up(tier.rate, _PPB_SCALE)
        row["amount"] = units_rounded_down(tier.amount, MONEY_SCALE)
    return answer


def cost_numbers(rows: MarketRows) -> dict[str, float]:
    """What trading costs and how orders fill, by field of the context; raises `UsageError` for a latency of a bar."""
    costs, row_ns, bar = rows.costs, rows.row_ns, rows.market.timeframe
    if costs.latency_ns >= bar.length_ns:
        raise UsageError(
            f"a latency of {costs.latency_ns / SECOND:g} s", where="costs", expected=f"less than a bar ({bar.name})"
        )
    travels = costs.latency_ns >= row_ns
    return {
        "half_spread_ppb": costs.half_spread_ppb,
        "spread_volatility": costs.spread_volatility,
        "slippage_ppb": costs.slippage_ppb,
        "participation_ppb": -1 if costs.participation_ppb is None else costs.participation_ppb,
        "impact": _IMPACTS[costs.impact],
        "fee_received": int(costs.fee_asset == "received"),
        "limit_touch": int(costs.limit_fill == "touch"),
        "limit_gap_open": int(costs.limit_gap == "open"),
        "refuse_triggered": int(costs.refuse_triggered),
        "decay_window_ns": costs.decay_window_ns,
        "statistics_window_ns": costs.statistics_window_ns,
        "latency_ns": 0 if travels else costs.latency_ns,
        "wait_ns": costs.latency_ns if travels else 0,
        "impact_y": costs.impact_y,
        "impact_gamma": costs.impact_gamma,
        "volume_floor": costs.volume_floor,
        "bars_per_day": DAY / row_ns,
    }


def limits_record(limits: RiskLimits, cash: int) -> Array:
    """Our own limits, and what they have seen of an account that begins with some cash: layout `LIMITS`."""
    answer = np.zeros(1, layout.LIMITS)
    record = answer[0]
    for name, limit, scale in (
        ("order_notional", limits.max_order_notional, MONEY_SCALE),
        ("position_notional", limits.max_position_notional, MONEY_SCALE),
        ("exposure", limits.max_exposure, MONEY_SCALE),
        ("open_orders", limits.max_open_orders, 0),
        ("daily_loss_ppb", limits.max_daily_loss, _PPB_SCALE),
        ("drawdown_ppb", limits.max_drawdown, _PPB_SCALE),
    ):
        record[name] = layout.NONE if limit is None else units_rounded_down(Decimal(limit), scale)
    record["day"] = layout.NONE
    record["last_equity"] = record["peak_equity"] = cash
    return answer


def write_terms(book: Any, rows: MarketRows, place: int) -> None:
    """Write the units and fees of an instrument into its record of the venue half."""
    market = rows.market
    instrument, quantity_scale = market.instruments[place], market.quantity_scales[place]
    book["divisor"] = 10 ** (market.price_scales[place] + quantity_scale - MONEY_SCALE)
    book["unit"] = 10.0**-quantity_scale
    book["capped"] = int(rows.has_volume[place])
    book["base_asset"] = market.assets.index(instrument.id.base)
    book["maker_fee_ppb"], book["taker_fee_ppb"] = _fees(rows.costs, instrument)


def write_margin(book: Any, market: Market, place: int, tier_ends: Array) -> None:
    """Write how a perpetual is held; `tier_ends` are the ends of the perpetuals' maintenance tiers, from 0 on."""
    instrument, margin = market.instruments[place], market.margins[place]
    before = sum(one.kind == "perpetual" for one in market.instruments[:place])
    book["perpetual"] = 1
    book["cross"], book["leverage"] = int(margin.mode == "cross"), int(margin.leverage * 100)
    book["first_tier"], book["end_tier"] = tier_ends[before], tier_ends[before + 1]
    book["liquidation_fee_ppb"] = units_rounded_up(instrument.liquidation_fee, _PPB_SCALE)
    book["keeps_leftover"] = int(instrument.keeps_leftover)
    book["marked"] = int(market.has_mark(place))


def _fees(costs: CostModel, instrument: Instrument) -> tuple[int, int]:
    pairs = ((costs.maker_fee_ppb, instrument.maker_fee), (costs.taker_fee_ppb, instrument.taker_fee))
    maker, taker = (
        chosen if chosen is not None else DEFAULT_FEE_PPB if own is None else units_rounded_up(own, _PPB_SCALE)
        for chosen, own in pairs
    )
    return maker, taker
