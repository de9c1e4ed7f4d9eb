"""What a run starts with: cash in whole money units of the market's cash asset."""

from __future__ import annotations

from decimal import Decimal

from tickwright.domain.errors import DataError, UsageError
from tickwright.domain.market import MONEY_SCALE, Market
from tickwright.domain.money import INT64_MAX, amount_text, units_exact


def starting_cash(market: Market, cash: Decimal, cash_asset: str) -> int:
    """The units of a positive amount; raises `UsageError` for another asset, or an amount that money cannot hold."""
    if cash_asset != market.cash_asset:
        raise UsageError(
            f"cash in {cash_asset}", where="cash", expected=f"{market.cash_asset}, which this market is paid in"
        )
    if not (cash.is_finite() and cash > 0):
        raise UsageError(f"{cash} {cash_asset}", where="cash", expected="a positive amount")
    try:
        return units_exact(cash, MONEY_SCALE, where="cash")
    except DataError as error:
        most = amount_text(INT64_MAX, MONEY_SCALE)
        raise UsageError(
            f"{cash} {cash_asset}", where="cash", expected=f"at most {most}, with no more than {MONEY_SCALE} decimals"
        ) from error
