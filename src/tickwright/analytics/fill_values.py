"""The fills of a run as money: the one place where fill integers become floats for statistics.

Known limit: an instrument's quote asset is taken to be the account's cash asset; a fee in the instrument's base asset
is valued at the price of its fill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.run import RunResult


@dataclass(frozen=True, slots=True)
class FillValues:
    """Arrays with one row per fill: price, quantity (base units, positive), and values in money of the cash asset.

    `fee` is the value of the fee whatever asset it was paid in; `cash_fee` is the part that left the cash account and
    `base_fee` the quantity of base asset that was kept back from what arrived.
    """

    price: Float64Array
    quantity: Float64Array
    notional: Float64Array
    fee: Float64Array
    cash_fee: Float64Array
    base_fee: Float64Array
    spread: Float64Array
    slippage: Float64Array
    impact: Float64Array


def fill_values(result: RunResult) -> FillValues:
    """Every fill of a run in floats, in the order of `result.fills`."""
    fills = result.fills
    place = fills["instrument"]
    price_unit = np.power(10.0, -np.array(result.price_scales, np.float64))
    quantity_unit = np.power(10.0, -np.array(result.quantity_scales, np.float64))
    asset_unit = np.power(10.0, -np.array(result.asset_scales, np.float64))
    money_unit = asset_unit[result.cash_asset]
    price = fills["price"] * price_unit[place]
    quantity = fills["quantity"] * quantity_unit[place]
    fee = fills["fee"] * asset_unit[fills["fee_asset"]]
    in_base = fills["fee_asset"] != result.cash_asset
    return FillValues(
        price=price,
        quantity=quantity,
        notional=price * quantity,
        fee=np.where(in_base, fee * price, fee),
        cash_fee=np.where(in_base, 0.0, fee),
        base_fee=np.where(in_base, fee, 0.0),
        spread=fills["spread_cost"] * money_unit,
        slippage=fills["slippage_cost"] * money_unit,
        impact=fills["impact_cost"] * money_unit,
    )
