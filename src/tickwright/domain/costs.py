"""What trading costs and how cautiously orders fill: one frozen set of numbers per run.

Invariants: fees, spread and slippage are integer parts per billion (ppb) of the price or notional, a half-spread is
rounded up; impact parameters are float64; a window or a latency is nanoseconds. The same numbers serve every mode.
`impact`, `max_participation` and the statistics behind them follow the rule book, §3.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Literal

from tickwright.domain.errors import SettingsError
from tickwright.domain.timestamp import DAY

PPB = 1_000_000_000
DEFAULT_FEE_PPB = 1_000_000
"""10 bp, the base fee of the large spot venues, where neither the user nor the instrument names one."""

Fraction = Decimal | float | int | str
ImpactModel = Literal["none", "linear", "sqrt"]
FeeAsset = Literal["quote", "received"]


@dataclass(frozen=True, slots=True)
class CostModel:
    """Fees, spread, slippage, impact, the volume cap and the fill conventions of one run.

    A fee of None means the instrument's own base fee, or 10 bp where it names none. `half_spread_ppb` and
    `slippage_ppb` move a taker's price; with `spread_volatility` c the whole spread is at least c times the daily
    volatility known at the bar's open (spreads move with volatility: Wyart, Bouchaud, Kockelkoren, Potters and
    Vettorazzo, Quantitative Finance 8, 2008); `participation_ppb` caps our share of a bar's volume, None lifts the cap.
    `impact_y` is Y and `impact_gamma` the permanent part γ of the rule book; `volume_floor` is in base units a day.
    `limit_fill` says when a rested limit counts as met, `limit_gap` its price when the open jumps over it;
    `refuse_triggered` whether the venue refuses a stop that is already through when it first meets the market.
    """

    maker_fee_ppb: int | None = None
    taker_fee_ppb: int | None = None
    fee_asset: FeeAsset = "quote"
    half_spread_ppb: int = 50_000
    slippage_ppb: int = 0
    impact: ImpactModel = "sqrt"
    impact_y: float = 1.0
    impact_gamma: float = 0.0
    decay_window_ns: int = DAY
    statistics_window_ns: int = 30 * DAY
    participation_ppb: int | None = 100_000_000
    volume_floor: float = 0.0
    latency_ns: int = 0
    limit_fill: Literal["through", "touch"] = "through"
    limit_gap: Literal["limit", "open"] = "limit"
    refuse_triggered: bool = False
    maintenance_at: Literal["mark", "entry"] = "mark"
    spread_volatility: float = 0.0

    def __post_init__(self) -> None:
        for name in ("maker_fee_ppb", "taker_fee_ppb", "half_spread_ppb", "slippage_ppb"):
            value = getattr(self, name)
            lowest = -PPB // 10 if name == "maker_fee_ppb" else 0
            _demand(value is None or lowest <= value < PPB // 2, name, value, f"{lowest} ≤ ppb < {PPB // 2}")
        _demand(
            self.participation_ppb is None or 0 < self.participation_ppb <= PPB,
            "max_participation", self.participation_ppb, "a fraction in (0, 1] or off",
        )  # fmt: skip
        _demand(self.impact in ("none", "linear", "sqrt"), "impact", self.impact, "none, linear or sqrt")
        _demand(self.fee_asset in ("quote", "received"), "fee_asset", self.fee_asset, "quote or received")
        _demand(self.limit_fill in ("through", "touch"), "limit_fill", self.limit_fill, "through or touch")
        _demand(self.limit_gap in ("limit", "open"), "limit_gap", self.limit_gap, "limit or open")
        _demand(self.maintenance_at in ("mark", "entry"), "maintenance_at", self.maintenance_at, "mark or entry")
        for name in ("impact_y", "impact_gamma", "volume_floor"):
            number = getattr(self, name)
            _demand(0.0 <= number < float("inf"), name, number, "a finite number of at least 0")
        share = self.spread_volatility
        _demand(0.0 <= share <= 1.0, "spread_volatility", share, "a share of the daily volatility from 0 to 1")
        for name in ("decay_window_ns", "statistics_window_ns"):
            _demand(getattr(self, name) > 0, name, getattr(self, name), "a positive span")
        _demand(self.latency_ns >= 0, "latency", self.latency_ns, "a span of at least 0")

    @classmethod
    def of(
        cls,
        *,
        fee: Fraction | None = None,
        maker_fee: Fraction | None = None,
        taker_fee: Fraction | None = None,
        fee_asset: FeeAsset = "quote",
        spread: Fraction = Decimal("0.0001"),
        slippage: Fraction = 0,
        impact: ImpactModel = "sqrt",
        impact_y: float = 1.0,
        impact_gamma: float = 0.0,
        max_participation: Fraction | None = Decimal("0.1"),
        volume_floor: float = 0.0,
        latency_ns: int = 0,
        limit_fill: Literal["through", "touch"] = "through",
        limit_gap: Literal["limit", "open"] = "limit",
        refuse_triggered: bool = False,
        maintenance_at: Literal["mark", "entry"] = "mark",
        spread_volatility: float = 0.0,
    ) -> CostModel:
        """The model for rates given as fractions of price (`0.001`, `Decimal("0.0001")`, `"1e-4"`).

        `fee` sets maker and taker alike; `max_participation` None lifts the cap. Raises `SettingsError`.

        >>> CostModel.of(fee="0.001", spread="0.0001").half_spread_ppb
        50000
        """
        maker, taker = (fee if own is None else own for own in (maker_fee, taker_fee))
        return cls(
            maker_fee_ppb=None if maker is None else _ppb(maker, "maker_fee"),
            taker_fee_ppb=None if taker is None else _ppb(taker, "taker_fee"),
            fee_asset=fee_asset,
            half_spread_ppb=_half_spread_rounded_up(spread),
            slippage_ppb=_ppb(slippage, "slippage"),
            impact=impact,
            impact_y=impact_y,
            impact_gamma=impact_gamma,
            participation_ppb=None if max_participation is None else _ppb(max_participation, "max_participation"),
            volume_floor=volume_floor,
            latency_ns=latency_ns,
            limit_fill=limit_fill,
            limit_gap=limit_gap,
            refuse_triggered=refuse_triggered,
            maintenance_at=maintenance_at,
            spread_volatility=spread_volatility,
        )

    @property
    def uses_statistics(self) -> bool:
        """Whether volume or volatility of the trailing window is asked for."""
        asked = self.participation_ppb is not None or self.impact != "none" or self.latency_ns > 0
        return asked or self.spread_volatility > 0.0

    @classmethod
    def free(cls) -> CostModel:
        """No cost at all and no cap: for tests and for comparisons with other engines."""
        return cls.of(fee=0, spread=0, impact="none", max_participation=None)


def _demand(holds: bool, name: str, value: object, expected: str) -> None:
    if not holds:
        raise SettingsError(f"{name} is {value}", where="costs", expected=expected)


def _fraction(value: Fraction, name: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise SettingsError(f"{name} is {value!r}", where="costs", expected="a fraction such as 0.001") from None
    _demand(number.is_finite(), name, value, "a finite fraction such as 0.001")
    return number


def _ppb(value: Fraction, name: str) -> int:
    scaled = _fraction(value, name) * PPB
    _demand(scaled == scaled.to_integral_value(), name, value, "a multiple of 1e-9")
    return int(scaled)


def _half_spread_rounded_up(value: Fraction) -> int:
    return int((_fraction(value, "spread") * PPB / 2).to_integral_value(ROUND_CEILING))
