"""Importing an old dot-env file: which of its values have a place here, what is left behind, and why.

Invariants: a secret is neither copied nor shown; a key that is already set in `tickwright.toml` keeps its value; one
is taken only where its unit is certain
as `tickwright.toml.bak`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from tickwright.domain.errors import SettingsError, TickwrightError, UsageError
from tickwright.domain.instrument import InstrumentId
from tickwright.settings.layers import leaves, parse_text, read_text
from tickwright.settings.loading import PROJECT_FILE, load_settings
from tickwright.settings.units import read_amount, read_rate

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_SECRET = re.compile(r"(^|_)(API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|PASS|PWD|PRIVATE|CREDENTIALS?|WEBHOOK)(_|$)")
_QUOTES: Final = ("USDT", "USDC", "FDUSD", "BUSD", "USD", "EUR", "BTC", "ETH")


@dataclass(frozen=True, slots=True)
class Taken:
    """A variable that found its place: the key it set and its value as TOML."""

    variable: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Left:
    """A variable that was not taken, why, and what a person does with it."""

    variable: str
    reason: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `backup` is where the old settings are, None where there were none or nothing changed."""

    taken: tuple[Taken, ...]
    left: tuple[Left, ...]
    file: Path
    backup: Path | None


def import_dotenv(source: Path, home: Path) -> ImportReport:
    """Take what has a place here into the project's settings; raises `UsageError` or `SettingsError`."""
    target = home / PROJECT_FILE
    old = read_text(target, shown_as=PROJECT_FILE) if target.exists() else "version = 1\n"
    present = {".".join(path) for path, _ in leaves(parse_text(old, target, shown_as=PROJECT_FILE).layer.values)}
    taken: list[Taken] = []
    left: list[Left] = []
    for variable, value in _variables(source):
        outcome = _place(variable, value, present | {entry.key for entry in taken})
        (taken if isinstance(outcome, Taken) else left).append(outcome)  # type: ignore[arg-type]
    if not taken:
        return ImportReport((), tuple(left), target, None)
    new = old
    for entry in taken:
        new = _with_key(new, entry.key, entry.value)
    return ImportReport(tuple(taken), tuple(left), target, _replace(home, target, new))


def _variables(source: Path) -> list[tuple[str, str]]:
    """The assignments of a dot-env file in their order; quotes and comments removed."""
    try:
        text = source.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("this is not text in UTF-8", where=str(source), expected="a dot-env file") from None
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UsageError(f"the file cannot be read: {reason}", where=str(source), expected="a dot-env file") from None
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            found[match[1]] = _unquoted(match[2])
    return list(found.items())


def _unquoted(value: str) -> str:
    quoted = re.fullmatch(r"""(["'])(.*?)\1\s*(?:#.*)?""", value)
    return quoted[2] if quoted else re.sub(r"(^|\s+)#.*$", "", value).strip()


def _place(variable: str, value: str, present: set[str]) -> Taken | Left:
    name = variable.upper().removeprefix("TICKWRIGHT_").removeprefix("BOT_")
    if not value:
        return Left(variable, "it is empty")
    if name in _KNOWN:
        key, read = _KNOWN[name]
        if key in present:
            return Left(variable, f"{key} is already set", "Delete it there first if the old value should hold.")
        try:
            return Taken(variable, key, read(value))
        except ValueError as reason:
            return Left(variable, str(reason), f"Set {key} by hand.")
        except TickwrightError as error:
            return Left(variable, error.message, f"Set {key} by hand.")
    if name in _ELSEWHERE:
        return Left(variable, *_ELSEWHERE[name])
    if _SECRET.search(name):
        return Left(
            variable,
            "it is a secret, and secrets never stand in settings",
            "Keep it out of files; backtests and public market data need no key.",
        )
    return Left(variable, "there is no setting for it")


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _exchange(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", value.lower()):
        raise ValueError("it is not the name of an exchange")
    return _text(value.lower())


def _symbols(value: str) -> str:
    words = [word.strip(" []\"'") for word in value.split(",")]
    return f"[{', '.join(_text(_symbol(word)) for word in words if word)}]"


def _symbol(word: str) -> str:
    """An instrument; `BTCUSDT` is split where its quote is certain."""
    joined = word.upper().replace("_", "/")
    if "/" not in joined and "-" not in joined:
        quote = next((quote for quote in _QUOTES if joined.endswith(quote) and joined != quote), None)
        if quote is None:
            raise ValueError(f"{word} is not an instrument such as BTC/USDT")
        joined = f"{joined.removesuffix(quote)}/{quote}"
    return InstrumentId.parse(joined, exchange="any").symbol


def _amount(value: str) -> str:
    return f"{read_amount(value):f}"


def _rate(value: str) -> str:
    """A rate whose unit is certain: written with one, or small enough to be a fraction."""
    rate = read_rate(value)
    if not value.strip().lower().endswith(("%", "bp", "bps")) and rate >= Decimal("0.01"):
        raise ValueError(f"the unit of {value} is not certain: a fraction, per cent, or basis points")
    return _text(value.strip()) if not re.fullmatch(r"[\d.]+", value.strip()) else f"{rate:f}"


def _timeframe(value: str) -> str:
    return _text(value.lower() if not value.endswith("M") else value)


def _date(value: str) -> str:
    return _text(value)


_KNOWN: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "EXCHANGE": ("defaults.exchange", _exchange),
    "EXCHANGE_ID": ("defaults.exchange", _exchange),
    "EXCHANGE_NAME": ("defaults.exchange", _exchange),
    "SYMBOL": ("defaults.symbols", _symbols),
    "SYMBOLS": ("defaults.symbols", _symbols),
    "PAIR": ("defaults.symbols", _symbols),
    "PAIRS": ("defaults.symbols", _symbols),
    "TRADING_PAIR": ("defaults.symbols", _symbols),
    "TRADING_PAIRS": ("defaults.symbols", _symbols),
    "TIMEFRAME": ("defaults.timeframe", _timeframe),
    "INTERVAL": ("defaults.timeframe", _timeframe),
    "CANDLE_INTERVAL": ("defaults.timeframe", _timeframe),
    "START_DATE": ("defaults.start", _date),
    "BACKTEST_START": ("defaults.start", _date),
    "END_DATE": ("defaults.end", _date),
    "BACKTEST_END": ("defaults.end", _date),
    "CASH": ("defaults.cash", _amount),
    "INITIAL_CASH": ("defaults.cash", _amount),
    "INITIAL_CAPITAL": ("defaults.cash", _amount),
    "INITIAL_BALANCE": ("defaults.cash", _amount),
    "STARTING_BALANCE": ("defaults.cash", _amount),
    "CAPITAL": ("defaults.cash", _amount),
    "FEE": ("costs.fee", _rate),
    "FEES": ("costs.fee", _rate),
    "FEE_RATE": ("costs.fee", _rate),
    "TRADING_FEE": ("costs.fee", _rate),
    "COMMISSION": ("costs.fee", _rate),
    "MAKER_FEE": ("costs.maker_fee", _rate),
    "TAKER_FEE": ("costs.taker_fee", _rate),
    "SPREAD": ("costs.spread", _rate),
    "SLIPPAGE": ("costs.slippage", _rate),
}
"""Variable → the key it sets and how its text is read."""

_ELSEWHERE: Final[dict[str, tuple[str, str]]] = {
    "DATABASE_URL": (
        "it may hold a password, and candles are kept in files here",
        "Nothing to do: the project's data/ directory is the store.",
    ),
    "DB_URL": ("it may hold a password, and candles are kept in files here", "Nothing to do."),
    "STRATEGY": ("a strategy is named on the command line", "Type `tickwright backtest NAME`."),
    "STRATEGY_NAME": ("a strategy is named on the command line", "Type `tickwright backtest NAME`."),
    "DRY_RUN": ("this version does not trade in real time", "Nothing to do."),
    "PAPER_TRADING": ("this version does not trade in real time", "Nothing to do."),
    "TESTNET": ("this version does not trade in real time", "`tickwright sandbox` serves a local exchange."),
    "SANDBOX": ("this version does not trade in real time", "`tickwright sandbox` serves a local exchange."),
    "LOG_LEVEL": ("there is no setting for it", "`--debug` shows more of a failure."),
}
"""Variables that old projects have and that mean something else here."""


def _with_key(text: str, key: str, value: str) -> str:
    """The text with one more key: right below its section's header, or in a new section at the end."""
    section, name = key.split(".")
    header = re.compile(rf"^\[\s*{section}\s*\].*$", re.MULTILINE)
    match = header.search(text)
    if match is None:
        return f"{text.rstrip()}\n\n[{section}]\n{name} = {value}\n"
    return f"{text[: match.end()]}\n{name} = {value}{text[match.end() :]}"


def _replace(home: Path, target: Path, new: str) -> Path | None:
    """Validate the new settings, keep the old ones, and put the new ones in their place at once."""
    draft, backup = target.with_name(f"{PROJECT_FILE}.new"), target.with_name(f"{PROJECT_FILE}.bak")
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft.write_text(new, "utf-8")
        try:
            load_settings(home, configs=[draft], environ={})
        except TickwrightError as error:
            raise SettingsError(
                f"the imported values do not fit: {error.message}", where=PROJECT_FILE, expected=error.expected
            ) from error
        had_one = target.exists()
        if had_one:
            backup.write_text(target.read_text("utf-8"), "utf-8")
        os.replace(draft, target)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise SettingsError(f"the settings cannot be written: {reason}", where=str(target)) from None
    finally:
        draft.unlink(missing_ok=True)
    return backup if had_one else None
