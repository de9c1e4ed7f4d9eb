"""The options that say what is run on what, shared by `backtest` and `sweep`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from typer import Argument, Option

from tickwright.domain.errors import UsageError

StrategyName = Annotated[str, Argument(help="Class name, instance name from the settings, module:Class, or a file.")]
Exchange = Annotated[str | None, Option("--exchange", help="Exchange of symbols that name none.")]
Symbols = Annotated[list[str] | None, Option("--symbol", help="BASE/QUOTE; repeat for several.")]
TimeframeName = Annotated[str | None, Option("--timeframe", help="Bar length such as 15m, 1h, 1d.")]
Detail = Annotated[
    str | None,
    Option("--detail", help="Finer stored candles that settle the path inside a bar, such as 1m; off for none."),
]
Start = Annotated[str | None, Option("--start", help="First instant, UTC: 2020-01-01 or 2020-01-01T08:00Z.")]
End = Annotated[str | None, Option("--end", help="Last day, included; a full timestamp is exclusive.")]
Last = Annotated[str | None, Option("--last", help="The newest span stored, such as 90d, instead of --start.")]
AsOf = Annotated[str | None, Option("--as-of", help="Read candles as they were known then: revisions undone.")]
Anchor = Annotated[str | None, Option("--anchor", help="Begin the indicators here, before trading starts.")]
Params = Annotated[list[str] | None, Option("--param", help="NAME=VALUE of the strategy; repeat.")]
Cash = Annotated[str | None, Option("--cash", help="Starting cash in the quote asset.")]
Fee = Annotated[str | None, Option("--fee", help="Fee of every fill: 0.001, 10bp or 0.1%.")]
Spread = Annotated[str | None, Option("--spread", help="Whole spread; a taker pays half.")]
Slippage = Annotated[str | None, Option("--slippage", help="Further move against a taker.")]
Impact = Annotated[str | None, Option("--impact", help="none, linear or sqrt.")]
Participation = Annotated[str | None, Option("--participation", help="Largest share of a bar's volume, or off.")]
Leverage = Annotated[str | None, Option("--leverage", help="Of perpetuals: notional / leverage is set aside.")]
MarginMode = Annotated[str | None, Option("--margin", help="Behind a perpetual: isolated or cross.")]
Store = Annotated[
    str | None,
    Option("--store", help="Another market store than the project's own: a directory, s3://…, postgresql://…"),
]
Seed = Annotated[int, Option("--seed", min=0, max=2**63 - 1, help="Seed of everything random.")]


def overrides(
    cash: str | None,
    fee: str | None,
    spread: str | None,
    slippage: str | None,
    impact: str | None,
    participation: str | None,
    leverage: str | None,
    margin: str | None,
    store: str | None,
) -> Mapping[str, object]:
    """The given flags by the key of the setting they override."""
    return {
        "defaults.cash": cash,
        "costs.fee": fee,
        "costs.spread": spread,
        "costs.slippage": slippage,
        "costs.impact": impact,
        "costs.max_participation": participation,
        "margin.leverage": leverage,
        "margin.mode": margin,
        "store.url": store,
    }


def assignments(words: Sequence[str] | None, flag: str) -> dict[str, str]:
    """`NAME=VALUE` words as a dict, in their order; raises `UsageError`."""
    pairs: dict[str, str] = {}
    for word in words or ():
        name, equals, value = word.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{word!r} is not an assignment", where=flag, expected="NAME=VALUE")
        if name.strip() in pairs:
            raise UsageError(f"{name.strip()} is given twice", where=flag, expected="each name once")
        pairs[name.strip()] = value.strip()
    return pairs
