"""Scaled integers: an amount is `units × 10^-scale`, exactly; Decimal is its text form.

Invariant: no float takes part. One function per rounding, with its direction in the name; every function is pure.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from tickwright.domain.errors import DataError

INT64_MAX = 2**63 - 1


def decimals_of(value: Decimal) -> int:
    """How many decimals a number needs (trailing zeros do not count).

    >>> decimals_of(Decimal("0.2500")), decimals_of(Decimal("1e3"))
    (2, 0)
    """
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise DataError(f"{value} is not a finite number", expected="a finite decimal number")
    return max(0, -exponent)


def units_exact(value: Decimal, scale: int, *, where: str = "") -> int:
    """The units of an amount that must be representable; raises `DataError` where it is finer than the scale.

    >>> units_exact(Decimal("1.25"), 2)
    125
    """
    units = _scaled(value, scale)
    if units != units.to_integral_value():
        raise DataError(f"{value} is finer than {scale} decimals", where=where, expected=f"a multiple of 1e-{scale}")
    return _int64(int(units), where)


def units_rounded_down(value: Decimal, scale: int, *, where: str = "") -> int:
    """The largest whole number of units not above an amount."""
    return _int64(int(_scaled(value, scale).to_integral_value(ROUND_FLOOR)), where)


def units_rounded_up(value: Decimal, scale: int, *, where: str = "") -> int:
    """The smallest whole number of units not below an amount."""
    return _int64(int(_scaled(value, scale).to_integral_value(ROUND_CEILING)), where)


def amount(units: int, scale: int) -> Decimal:
    """The exact amount of a number of units, without trailing zeros and never in exponent form.

    >>> str(amount(125_000, 3)), str(amount(0, 8))
    ('125', '0')
    """
    value = Decimal(int(units)).scaleb(-scale).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def amount_text(units: int, scale: int) -> str:
    """`amount` as plain decimal text, the form of ledgers and digests.

    >>> amount_text(-5, 8)
    '-0.00000005'
    """
    return f"{amount(units, scale):f}"


def _scaled(value: Decimal, scale: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return value.scaleb(scale)


def _int64(units: int, where: str) -> int:
    if not -INT64_MAX <= units <= INT64_MAX:
        raise DataError(
            f"{units} does not fit into 64 bits", where=where, expected="a smaller amount or a coarser scale"
        )
    return units
