"""Importing old dot-env files."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import SettingsError, UsageError
from tickwright.settings import load_settings
from tickwright.settings.dotenv import import_dotenv

OLD = """
# an old bot
export EXCHANGE=Binance
API_KEY="abcdef123"
BINANCE_API_SECRET=zzzz
SYMBOLS=BTCUSDT,ETH-USDT   # pairs
TIMEFRAME='1h'
INITIAL_CASH=25_000
SLIPPAGE=5bp
DATABASE_URL=postgres://u:hunter2@h/db
LOG_LEVEL=INFO
EMPTY=
STRANGE=1
not a line
"""


@pytest.fixture
def bring(tmp_path):
    """A function that imports a text into a project and returns the report."""

    def call(text: str = OLD, settings: str | None = None):
        (tmp_path / "old.env").write_text(text)
        if settings is not None:
            (tmp_path / "tickwright.toml").write_text(settings)
        return import_dotenv(tmp_path / "old.env", tmp_path)

    return call


def test_what_has_a_place_is_taken(bring, tmp_path) -> None:
    report = bring()
    defaults = load_settings(tmp_path, environ={}).values.defaults
    assert (defaults.exchange, defaults.timeframe, defaults.cash) == ("binance", "1h", 25_000)
    assert defaults.symbols == ("BTC/USDT", "ETH/USDT")
    assert [entry.key for entry in report.taken] == [
        "defaults.exchange", "defaults.symbols", "defaults.timeframe", "defaults.cash", "costs.slippage",
    ]  # fmt: skip
    assert report.backup is None


def test_what_is_left_says_why(bring) -> None:
    left = {entry.variable: entry.reason for entry in bring().left}
    assert left == {
        "API_KEY": "it is a secret, and secrets never stand in settings",
        "BINANCE_API_SECRET": "it is a secret, and secrets never stand in settings",
        "DATABASE_URL": "it may hold a password, and candles are kept in files here",
        "LOG_LEVEL": "there is no setting for it",
        "EMPTY": "it is empty",
        "STRANGE": "there is no setting for it",
    }


def test_no_secret_is_written_or_told(bring, tmp_path) -> None:
    told = str(bring())
    written = (tmp_path / "tickwright.toml").read_text()
    for secret in ("abcdef123", "zzzz", "hunter2"):
        assert secret not in told
        assert secret not in written


def test_comments_and_other_settings_stay_and_the_old_file_is_kept(bring, tmp_path) -> None:
    before = 'version = 1\n[defaults]  # mine\ntimeframe = "4h"\n'
    report = bring(settings=before)
    after = (tmp_path / "tickwright.toml").read_text()
    assert 'timeframe = "4h"' in after
    assert "[defaults]  # mine" in after
    assert report.backup is not None
    assert report.backup.read_text() == before
    assert ("TIMEFRAME", "defaults.timeframe is already set") in [(e.variable, e.reason) for e in report.left]


def test_a_second_import_changes_nothing(bring, tmp_path) -> None:
    bring()
    before = (tmp_path / "tickwright.toml").read_text()
    assert bring().taken == ()
    assert (tmp_path / "tickwright.toml").read_text() == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("FEE=0.1", "the unit of 0.1 is not certain"),
        ("FEE=lots", "a fraction such as 0.0005"),
        ("CASH=much", "an amount of money"),
        ("SYMBOL=BTC", "BTC is not an instrument such as BTC/USDT"),
        ("EXCHANGE=my exchange", "it is not the name of an exchange"),
    ],
)
def test_a_value_whose_meaning_is_not_certain_is_left(bring, tmp_path, line, reason) -> None:
    report = bring(line)
    assert report.taken == ()
    assert report.left[0].reason.startswith(reason)
    assert not (tmp_path / "tickwright.toml").exists()


@pytest.mark.parametrize(
    ("line", "value"), [("FEE=0.1%", '"0.1%"'), ("FEE=0.001", "0.001"), ("COMMISSION=10bp", '"10bp"')]
)
def test_a_rate_with_a_certain_unit_is_taken(bring, line, value) -> None:
    assert bring(line).taken[0].value == value


def test_two_names_for_one_setting_take_the_first(bring) -> None:
    report = bring("SYMBOL=BTC/USDT\nPAIRS=ETH/USDT")
    assert [entry.variable for entry in report.taken] == ["SYMBOL"]
    assert report.left[0].reason == "defaults.symbols is already set"


def test_values_that_do_not_fit_together_leave_everything_as_it_was(bring, tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"the imported values do not fit: defaults.timeframe is 'often'"):
        bring("TIMEFRAME=often", settings="version = 1\n")
    assert (tmp_path / "tickwright.toml").read_text() == "version = 1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.env", "tickwright.toml"]


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        import_dotenv(tmp_path / "x.env", tmp_path)
    (tmp_path / "x.env").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        import_dotenv(tmp_path / "x.env", tmp_path)
