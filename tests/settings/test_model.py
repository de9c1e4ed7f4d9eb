"""Which settings there are and what each accepts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tickwright.domain.costs import CostModel
from tickwright.settings.model import Costs, Settings, plain_value

DOCUMENTED = """
version = 1
[defaults]
exchange = "binance"
timeframe = "1h"
cash = 100_000
[exchanges.binance]
key = "secret(binance-main)"       # a name in the vault, never the secret
[strategies.trend]                 # instance name: ids, environment and reports use it
use = "SmaCross"
symbols = ["BTC/USDT", "ETH/USDT"]
allocation = 0.5
params = { fast = 20, slow = 50 }
[strategies.trend.symbols."ETH/USDT"]
fast = 15
[costs]
spread = "1bp"
impact = "sqrt"
max_participation = 0.10
[risk]
max_daily_loss = "3%"
"""


def test_the_documented_example_means_what_it_says(load) -> None:
    settings = load(DOCUMENTED).values
    trend = settings.strategies["trend"]
    assert settings.defaults.cash == 100_000
    assert settings.exchange("binance").key == "secret(binance-main)"
    assert trend.allocation == Decimal("0.5")
    assert trend.parameters("BTC/USDT") == {"fast": 20, "slow": 50}
    assert trend.parameters("ETH/USDT") == {"fast": 15, "slow": 50}
    assert settings.costs.spread == Decimal("0.0001")
    assert settings.risk.max_daily_loss == Decimal("0.03")


def test_without_anything_set_the_costs_are_the_engines_defaults() -> None:
    assert Costs.model_validate({}).model() == CostModel()


def test_costs_become_the_engines_cost_model(load) -> None:
    costs = load(
        '[costs]\nfee = "10bp"\nspread = 0\nslippage = "2bp"\nimpact = "none"'
        '\nmax_participation = "off"\nlatency = "50ms"'
    )
    model = costs.values.costs.model()
    assert (model.maker_fee_ppb, model.taker_fee_ppb) == (1_000_000, 1_000_000)
    assert (model.half_spread_ppb, model.slippage_ppb, model.participation_ppb) == (0, 200_000, None)
    assert (model.impact, model.latency_ns) == ("none", 50_000_000)


def test_a_maker_fee_may_be_a_rebate(load) -> None:
    assert load('[costs]\nmaker_fee = "-0.5bp"').values.costs.maker_fee == Decimal("-0.00005")


def test_an_exchange_that_is_not_named_has_nothing_set() -> None:
    assert Settings().exchange("kraken").key is None


def test_settings_cannot_change_under_a_run() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().costs.spread = Decimal(0)


@pytest.mark.parametrize("written", ['"BTC/USDT, eth-usdt"', '["BTC/USDT", "ETH-USDT"]'])
def test_symbols_are_a_list_or_a_text_with_commas(load, written) -> None:
    assert load(f"[defaults]\nsymbols = {written}").values.defaults.symbols == ("BTC/USDT", "ETH/USDT")


def test_a_date_of_toml_is_a_date(load) -> None:
    assert load("[defaults]\nstart = 2024-01-31").values.defaults.start == "2024-01-31"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[costs]\nspred = "1bp"', "tickwright.toml, line 2: costs.spred is not a setting. Did you mean spread?"),
        ("[cots]\nfee = 1", "line 2: cots is not a section. Did you mean costs?"),
        ("cash = 5", "line 1: cash is not a setting. cash stands under [defaults]."),
        ('[costs]\nspread = "1 bip"', "line 2: costs.spread is '1 bip'; expected a fraction such as 0.0005"),
        ("[costs]\nfee = 0.1", "costs.fee is 0.1; expected a rate below 5% (this is 0.1 = 10.0000%)"),
        ("[costs]\nfee = -0.001", "costs.fee is -0.001; expected a rate of at least 0; only maker_fee may be a rebate"),
        ("[costs]\nmax_participation = 2", "costs.max_participation is 2; expected a fraction in (0, 1]"),
        ("[costs]\nlatency = 5", "costs.latency is 5; expected a span of time"),
        ("[costs]\nimpact_y = -1", "costs.impact_y is -1; expected at least 0"),
        ("[costs]\nimpact_y = nan", "costs.impact_y is nan; expected a finite number"),
        ('[costs]\nimpact = "sqr"', "costs.impact is 'sqr'; expected one of none, linear, sqrt"),
        ("costs = 5", "line 1: costs is 5; expected a section of settings"),
        ('[defaults]\ncash = "lots"', "defaults.cash is 'lots'; expected an amount of money"),
        ("[defaults]\ncash = 0", "defaults.cash is 0; expected an amount above 0"),
        (
            '[defaults]\ntimeframe = "1 hour"',
            "defaults.timeframe is '1 hour'; expected a number and one of s, m, h, d, w",
        ),
        ('[defaults]\nsymbols = ["BTC/USDT", "x"]', "line 2: defaults.symbols, item 2, is 'x'; expected an instrument"),
        ('[defaults]\nstart = "today"', "defaults.start is 'today'; expected ISO 8601"),
        (
            '[defaults]\nstart = "2024-02-01"\nend = "2024-01-01"',
            "line 3: defaults.end is '2024-01-01'; expected an end after",
        ),
        ('[defaults]\nexchange = "Binance!"', "expected the name of an exchange in lower case"),
        (
            '[exchanges.binance]\nurl = "localhost"',
            "exchanges.binance.url does not fit; expected an address that starts with",
        ),
        ("[exchanges]\nbinance = 3", "line 2: exchanges.binance is 3; expected a section of settings"),
        ('[strategies.trend]\nsymbols = ["BTC/USDT"]', 'strategies.trend.use is missing. Add use = "…" there.'),
        (
            '[strategies.Trend]\nuse = "X"',
            "strategies.Trend is not a name that can be used; expected a name of lower-case",
        ),
        ('[strategies.a]\nuse = ""', "strategies.a.use is ''; expected text that is not empty"),
        (
            '[strategies.a]\nuse = "X"\nparams = { fast = [1] }',
            "strategies.a.params.fast is [1]; expected a number, a text",
        ),
        (
            "[risk]\nmax_daily_loss = 3",
            "risk.max_daily_loss is 3; expected a fraction above 0 and up to 1, such as 0.5 or 50%",
        ),
        ("[risk]\nmax_open_orders = 1.5", "risk.max_open_orders is 1.5; expected a whole number"),
        ("[store]\nurl = 5", "store.url does not fit; expected text in quotes"),
    ],
)
def test_what_does_not_fit_is_one_sentence(refusal, text, sentence) -> None:
    error = refusal(text)
    assert sentence in str(error)
    assert error.code == "SETTINGS"


def test_shares_of_the_cash_cannot_add_up_to_more_than_all(refusal) -> None:
    text = '[strategies.a]\nuse = "X"\nallocation = 0.7\n[strategies.b]\nuse = "X"\nallocation = 0.7\n'
    assert "line 6: strategies.b.allocation is 0.7; expected allocations that add up to at most 1" in str(refusal(text))


def test_own_parameters_need_a_symbol_that_is_traded(refusal) -> None:
    text = '[strategies.a]\nuse = "X"\nsymbols = ["BTC/USDT"]\n[strategies.a.symbols."ETH/USDT"]\nfast = 1\n'
    error = str(refusal(text))
    assert 'line 5: strategies.a.per_symbol."ETH/USDT" does not fit; expected one of its symbols: BTC/USDT' in error


@pytest.mark.parametrize(
    "line", ['key = "AKIA-very-secret"', 'api_secret = "AKIA-very-secret"', 'url = "AKIA-very-secret"']
)
def test_a_secret_in_the_wrong_place_is_never_repeated(refusal, line) -> None:
    error = refusal(f"[exchanges.binance]\n{line}")
    assert "AKIA" not in str(error)
    assert "AKIA" not in str(error.document())


@pytest.mark.parametrize(("value", "plain"), [(Decimal("0.10"), "0.10"), ((Decimal(1), "a"), ["1", "a"]), (None, None)])
def test_values_are_shown_exactly(value, plain) -> None:
    assert plain_value(value) == plain
