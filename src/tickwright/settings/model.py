"""Which settings there are, what each accepts, and its default: the sections of `tickwright.toml`.

Invariants: an unknown key is refused; rates are exact fractions below the bound where they would be a slip of the unit;
a secret never stands in a setting, only its name in the vault. Everything is frozen: a run's settings cannot change
under it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from tickwright.domain.costs import CostModel
from tickwright.domain.errors import TickwrightError
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.limits import RiskLimits
from tickwright.domain.margin import MaintenanceTier, Margin, maintenance_tiers
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, SECOND, parse_instant
from tickwright.settings.problems import AtKey
from tickwright.settings.units import read_amount, read_rate, read_size, read_span, size_text, span_text

CURRENT_VERSION: Final = 1
COST_CEILING: Final = Decimal("0.05")
_SECRET_NAME = re.compile(r"secret\(([a-z0-9][a-z0-9._-]{0,63})\)")
_INSTANCE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def _cost(value: object) -> Decimal:
    rate = read_rate(value)
    if abs(rate) >= COST_CEILING:
        raise ValueError(
            f"a rate below 5% (this is {float(rate):.4g} = {float(rate):.4%}); a tenth of a percent is 0.1% or 10bp"
        )
    return rate


def _cost_paid(value: object) -> Decimal:
    rate = _cost(value)
    if rate < 0:
        raise ValueError("a rate of at least 0; only maker_fee may be a rebate")
    return rate


def _share(value: object) -> Decimal:
    rate = read_rate(value)
    if not 0 < rate <= 1:
        raise ValueError("a fraction above 0 and up to 1, such as 0.5 or 50%")
    return rate


def _participation(value: object) -> Decimal | None:
    try:
        return None if value is None or (isinstance(value, str) and value.strip().lower() == "off") else _share(value)
    except ValueError:
        raise ValueError("a fraction in (0, 1] such as 0.10 or 10%, or off") from None


def _positive_amount(value: object) -> Decimal:
    amount = read_amount(value)
    if amount <= 0:
        raise ValueError("an amount above 0, such as 100_000")
    return amount


def _leverage(value: object) -> Decimal:
    leverage = read_amount(value)
    try:
        return Margin(leverage).leverage
    except TickwrightError as error:
        raise ValueError(error.expected) from None


def _bound(value: object) -> int:
    span = read_span(value)
    if span <= 0:
        raise ValueError("a span of time above 0, such as 500ms, 30s or 5m")
    return span


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _symbol(value: object) -> str:
    text = str(value)
    try:
        identity = InstrumentId.parse(text, exchange="any")
    except TickwrightError:
        raise ValueError("an instrument such as BTC/USDT or binance:BTC/USDT") from None
    return identity.symbol if identity.exchange == "any" else str(identity)


def _perpetual(value: object) -> str:
    try:
        symbol = _symbol(value)
    except ValueError:
        symbol = ""
    if not InstrumentId.parse(symbol or "A/B", exchange="any").settle:
        raise ValueError("a perpetual such as BTC/USDT:USDT or binanceusdm:BTC/USDT:USDT")
    return symbol


def _timeframe(value: object) -> str:
    try:
        return Timeframe.parse(str(value)).name
    except TickwrightError as error:
        raise ValueError(error.expected) from None


def _detail(value: object) -> str | None:
    try:
        return value if value is None or value == "off" else _timeframe(value)
    except ValueError:
        raise ValueError("a timeframe such as 1m, or off") from None


def _date(value: object) -> str:
    text = value if isinstance(value, str) else getattr(value, "isoformat", lambda: "")()
    try:
        parse_instant(text)
    except TickwrightError as error:
        raise ValueError(error.expected) from None
    return text


def _secret_name(value: object) -> str:
    if not isinstance(value, str) or _SECRET_NAME.fullmatch(value) is None:
        raise ValueError(
            'the name of a secret such as "secret(binance-main)"; the secret itself never stands in settings'
        )
    return value


def _parameter(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise ValueError("a number, a text, true or false")
    return value


def _instance_name(value: object) -> str:
    if not isinstance(value, str) or _INSTANCE_NAME.fullmatch(value) is None:
        raise ValueError("a name of lower-case letters, digits, - and _ that starts with a letter")
    return value


Cost = Annotated[Decimal, BeforeValidator(_cost)]
CostPaid = Annotated[Decimal, BeforeValidator(_cost_paid)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Participation = Annotated[Decimal | None, BeforeValidator(_participation)]
Amount = Annotated[Decimal, BeforeValidator(_positive_amount)]
Leverage = Annotated[Decimal, BeforeValidator(_leverage)]
Span = Annotated[int, BeforeValidator(read_span), PlainSerializer(span_text)]
Size = Annotated[int, BeforeValidator(read_size), PlainSerializer(size_text)]
Bound = Annotated[int, BeforeValidator(_bound), PlainSerializer(span_text)]
Symbol = Annotated[str, BeforeValidator(_symbol)]
Perpetual = Annotated[str, BeforeValidator(_perpetual)]
Symbols = Annotated[tuple[Symbol, ...], BeforeValidator(_words)]
TimeframeName = Annotated[str, BeforeValidator(_timeframe)]
DetailName = Annotated[str | None, BeforeValidator(_detail)]
Date = Annotated[str, BeforeValidator(_date)]
SecretName = Annotated[str, BeforeValidator(_secret_name)]
InstanceName = Annotated[str, BeforeValidator(_instance_name)]
JobLine = Annotated[str, Field(min_length=1)]
ParameterValue = Annotated[Any, BeforeValidator(_parameter)]


class Section(BaseModel):
    """A table of settings: frozen, no key but the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Defaults(Section):
    """What a command uses where nothing is said."""

    exchange: str = Field("binance", pattern=r"^[a-z0-9_]+$", description="Exchange of symbols that name none.")
    symbols: Symbols = Field((), description="Symbols of a run that names none.")
    timeframe: TimeframeName = Field("1h", description="Bar length of a strategy that names none.")
    detail: DetailName = Field(None, description="Finer candles that settle the path inside a bar, such as 1m, or off.")
    start: Date | None = Field(None, description="First day of a run; everything stored where unset.")
    end: Date | None = Field(None, description="Last day of a run, included; everything stored where unset.")
    cash: Amount = Field(Decimal(100_000), description="Starting cash of a run, in the quote asset.")
    mode: Literal["vector", "event", "replay"] = Field("vector", description="How a backtest runs.")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.start and self.end and parse_instant(self.start) >= parse_instant(self.end, inclusive_end=True):
            raise AtKey("end", f"an end after the start ({self.start})")
        return self


class Exchange(Section):
    """What is particular to one exchange here."""

    key: SecretName | None = Field(None, description='Name of its API key in the vault, as "secret(NAME)".')
    url: str | None = Field(None, pattern=r"^https?://", description="Another address, such as a local sandbox.")


class StrategyInstance(Section):
    """A strategy under a name of its own, with its symbols, money and parameters."""

    use: str = Field(min_length=1, description="Class name, module:Class, or path of a file.")
    exchange: str | None = Field(None, pattern=r"^[a-z0-9_]+$", description="Exchange of symbols that name none.")
    symbols: Symbols = Field((), description="What it trades.")
    timeframe: TimeframeName | None = Field(None, description="Bar length; the strategy's own where unset.")
    detail: DetailName = Field(None, description="Finer candles inside its bars; the default where unset.")
    allocation: Share = Field(Decimal(1), description="Its fraction of the cash.")
    params: dict[str, ParameterValue] = Field({}, description="Parameters of every symbol.")
    per_symbol: dict[Symbol, dict[str, ParameterValue]] = Field({}, description="Parameters of one symbol.")

    @model_validator(mode="after")
    def _overrides_belong_to_symbols(self) -> Self:
        for symbol in self.per_symbol:
            if self.symbols and symbol not in self.symbols:
                raise AtKey(f"per_symbol.{symbol}", f"one of its symbols: {', '.join(self.symbols)}")
        return self

    def parameters(self, symbol: str) -> dict[str, ParameterValue]:
        """The parameters of one symbol: those of all, with its own on top."""
        return {**self.params, **self.per_symbol.get(symbol, {})}


class Costs(Section):
    """What trading costs, in fractions of price; the meaning of each is in the rule book, §3 and §4."""

    fee: CostPaid | None = Field(None, description="Fee of every fill; the instrument's own, else 10 bp, where unset.")
    maker_fee: Cost | None = Field(None, description="Fee of fills that gave liquidity, where it differs.")
    taker_fee: CostPaid | None = Field(None, description="Fee of fills that took liquidity, where it differs.")
    fee_asset: Literal["quote", "received"] = Field("quote", description="What a fee is paid in.")
    spread: CostPaid = Field(Decimal("0.0001"), description="Whole spread; a taker pays half.")
    spread_volatility: float = Field(
        0.0, ge=0, le=1, allow_inf_nan=False, description="Least whole spread, as a share of the daily volatility."
    )
    slippage: CostPaid = Field(Decimal(0), description="Further move against a taker.")
    impact: Literal["none", "linear", "sqrt"] = Field("sqrt", description="How our own quantity moves the price.")
    impact_y: float = Field(1.0, ge=0, allow_inf_nan=False, description="Strength Y of the impact.")
    impact_gamma: float = Field(0.0, ge=0, allow_inf_nan=False, description="Permanent part of the impact.")
    max_participation: Participation = Field(
        Decimal("0.10"), description="Our largest share of a bar's volume, or off."
    )
    volume_floor: float = Field(
        0.0, ge=0, allow_inf_nan=False, description="Least daily volume assumed, in base units."
    )
    latency: Span = Field(
        0, description="Time from decision to match; a price below one candle that orders meet, else a time."
    )
    limit_fill: Literal["through", "touch"] = Field("through", description="When a rested limit counts as met.")
    limit_gap: Literal["limit", "open"] = Field("limit", description="Price of a limit the open jumps over.")
    refuse_triggered: bool = Field(False, description="Whether a stop that would trigger at once is refused.")

    def model(self) -> CostModel:
        """The cost model of the engine."""
        return CostModel.of(
            fee=self.fee,
            maker_fee=self.maker_fee,
            taker_fee=self.taker_fee,
            fee_asset=self.fee_asset,
            spread=self.spread,
            slippage=self.slippage,
            impact=self.impact,
            impact_y=self.impact_y,
            impact_gamma=self.impact_gamma,
            max_participation=self.max_participation,
            volume_floor=self.volume_floor,
            latency_ns=self.latency,
            limit_fill=self.limit_fill,
            limit_gap=self.limit_gap,
            refuse_triggered=self.refuse_triggered,
            spread_volatility=self.spread_volatility,
        )


class InstrumentMargin(Section):
    """How one perpetual is held, where not as all."""

    leverage: Leverage | None = Field(None, description="Leverage of this instrument.")
    mode: Literal["isolated", "cross"] | None = Field(None, description="What stands behind its position.")


class MarginTerms(Section):
    """How perpetuals are held, and what counts of them where the instrument itself does not say."""

    leverage: Leverage = Field(Decimal(1), description="A position sets notional / leverage aside.")
    mode: Literal["isolated", "cross"] = Field("isolated", description="What stands behind a position.")
    tiers: tuple[tuple[Decimal, Decimal], ...] = Field(
        (), description="Maintenance margin where the instrument's is not known: [[notional from, rate], …]."
    )
    liquidation_fee: CostPaid = Field(Decimal(0), description="Fee on top of the taker fee when liquidated.")
    instruments: dict[Perpetual, InstrumentMargin] = {}

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        try:
            self.maintenance_tiers()
        except TickwrightError as error:
            raise AtKey("tiers", error.expected) from None
        return self

    def common(self) -> Margin:
        """How a perpetual is held of which nothing else is said."""
        return Margin(self.leverage, self.mode)

    def own(self) -> dict[str, Margin]:
        """How those are held of which something is."""
        return {
            symbol: Margin(one.leverage or self.leverage, one.mode or self.mode)
            for symbol, one in self.instruments.items()
        }

    def maintenance_tiers(self) -> tuple[MaintenanceTier, ...]:
        """The tiers with their amounts; none where none are set."""
        return maintenance_tiers(self.tiers) if self.tiers else ()


class Risk(Section):
    """Our own limits; orders beyond them are refused by name (`RISK_…`). Unset means no limit."""

    max_order_notional: Amount | None = Field(None, description="Largest value of one order.")
    max_position_notional: Amount | None = Field(None, description="Largest value of one position.")
    max_exposure: Amount | None = Field(None, description="Largest sum of absolute position values.")
    max_open_orders: int | None = Field(None, ge=1, description="Most orders working at a time.")
    max_daily_loss: Share | None = Field(None, description="Largest loss since midnight UTC, of equity then.")
    max_drawdown: Share | None = Field(None, description="Largest fall from the highest equity.")

    def limits(self) -> RiskLimits:
        """The limits as what a run or a node takes."""
        return RiskLimits(**dict(self))


class Data(Section):
    """How runs treat what they read."""

    on_gap: Literal["mark", "refuse"] = Field("mark", description="What a hole of unknown type does to a run.")
    memory_budget: Size | None = Field(
        None, description="Memory for a backtest's candles, such as 512MB; all at once where unset."
    )


class Store(Section):
    """Where market data is kept."""

    url: str | None = Field(None, min_length=1, description="Another store than the project's own data directory.")
    statement_timeout: Bound = Field(300 * SECOND, description="Longest time a database may take for one statement.")


class Database(Section):
    """Where runs, trials, jobs, orders and fills are kept as tables, and how long anything there may take."""

    url: str | None = Field(None, min_length=1, description="Another database than runs/tickwright.sqlite.")
    pool_size: int = Field(5, ge=1, le=200, description="Connections that stay open.")
    pool_overflow: int = Field(5, ge=0, le=200, description="Further connections that may be opened for a while.")
    pool_timeout: Bound = Field(10 * SECOND, description="Longest wait for one of them.")
    connect_timeout: Bound = Field(10 * SECOND, description="Longest wait for the server to answer.")
    statement_timeout: Bound = Field(60 * SECOND, description="Longest time one statement may take.")
    lock_timeout: Bound = Field(30 * SECOND, description="Longest wait for another process's lock.")
    slow_statement: Bound = Field(SECOND, description="Statements that take longer are logged, without their values.")
    keep_orders: bool = Field(True, description="Keep the orders and fills of every run as rows too.")


class Retention(Section):
    """How long rows stay in the store, and where they go: `tickwright data archive`."""

    archive: str | None = Field(None, min_length=1, description="Store that takes old rows: a directory or address.")
    keep: dict[str, Span] = Field({}, description="Age at which rows leave, by timeframe or kind.")


class Schedule(Section):
    """Commands that `tickwright batch NAME` runs one after the other."""

    jobs: tuple[JobLine, ...] = Field(min_length=1, description="The commands in order, each as it is typed.")
    on_failure: Literal["stop", "continue"] = Field("stop", description="Whether jobs after a failed one still run.")
    timeout: Bound = Field(6 * HOUR, description="Longest time one job may take.")
    attempts: int = Field(1, ge=1, le=10, description="How often a job that fails is tried.")


class Settings(Section):
    """All settings of a project."""

    version: Literal[1] = Field(CURRENT_VERSION, description="Version of this file's form.")
    defaults: Defaults = Defaults.model_validate({})
    exchanges: dict[str, Exchange] = {}
    strategies: dict[InstanceName, StrategyInstance] = {}
    costs: Costs = Costs.model_validate({})
    margin: MarginTerms = MarginTerms.model_validate({})
    risk: Risk = Risk.model_validate({})
    data: Data = Data.model_validate({})
    store: Store = Store.model_validate({})
    retention: Retention = Retention.model_validate({})
    database: Database = Database.model_validate({})
    schedule: dict[InstanceName, Schedule] = {}

    @model_validator(mode="after")
    def _allocations_fit(self) -> Self:
        total = sum((instance.allocation for instance in self.strategies.values()), Decimal(0))
        if total > 1:
            shares = " + ".join(f"{instance.allocation}" for instance in self.strategies.values())
            last = list(self.strategies)[-1]
            raise AtKey(f"strategies.{last}.allocation", f"allocations that add up to at most 1 ({shares} is {total})")
        return self

    def schedule_of(self, lines: tuple[str, ...]) -> Schedule:
        """A schedule of these commands with the limits that hold where none are set."""
        return Schedule.model_validate({"jobs": lines})

    def exchange(self, name: str) -> Exchange:
        """What is set for an exchange; nothing where it is not named."""
        return self.exchanges.get(name, Exchange.model_validate({}))


def plain_value(value: Any) -> Any:
    """A setting's value as TOML and JSON write it: rates and amounts as decimal text, spans with their unit."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple | list):
        return [plain_value(item) for item in value]
    return value
