"""Settings in environment variables."""

from __future__ import annotations

import pytest

from tickwright.settings.environment import environment_layer, variable_name


def test_two_underscores_part_the_path() -> None:
    layer = environment_layer({"TICKWRIGHT_COSTS__MAX_PARTICIPATION": "off"}, {})
    assert layer.values == {"costs": {"max_participation": "off"}}
    assert layer.origin(("costs", "max_participation")).place == "TICKWRIGHT_COSTS__MAX_PARTICIPATION"


@pytest.mark.parametrize("name", ["TICKWRIGHT_PROFILE", "TICKWRIGHT_DEMO", "PATH", "TICKWRIGHT___X", "TICKWRIGHT_A__"])
def test_other_variables_are_left_alone(name) -> None:
    assert environment_layer({name: "x"}, {}).values == {}


def test_an_empty_variable_counts_as_not_set() -> None:
    assert environment_layer({"TICKWRIGHT_COSTS__FEE": " "}, {}).values == {}


def test_names_are_spelled_as_in_the_layers_below() -> None:
    below = {"strategies": {"my-trend": {"params": {"fastLength": 5}}}}
    layer = environment_layer({"TICKWRIGHT_STRATEGIES__MY_TREND__PARAMS__FASTLENGTH": "7"}, below)
    assert layer.values == {"strategies": {"my-trend": {"params": {"fastLength": "7"}}}}


def test_the_name_of_a_variable_leads_back_to_its_key() -> None:
    name = variable_name(("strategies", "my-trend", "allocation"))
    assert name == "TICKWRIGHT_STRATEGIES__MY_TREND__ALLOCATION"
    assert environment_layer({name: "1"}, {"strategies": {"my-trend": {}}}).values == {
        "strategies": {"my-trend": {"allocation": "1"}}
    }


def test_a_text_for_a_whole_section_is_found_at_its_variable(refusal) -> None:
    error = refusal("", environ={"TICKWRIGHT_COSTS__SPREAD__X": "1"})
    assert str(error).startswith("TICKWRIGHT_COSTS__SPREAD__X: costs.spread does not fit")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TICKWRIGHT_COSTS__SPRED", "1", "costs.spred is not a setting. Did you mean spread?"),
        ("TICKWRIGHT_COTS__SPREAD", "1", "cots is not a section. Did you mean costs?"),
        ("TICKWRIGHT_COSTS__SPREAD", "x", "costs.spread is 'x'; expected a fraction"),
        ("TICKWRIGHT_RISK__MAX_OPEN_ORDERS", "x", "risk.max_open_orders is 'x'; expected a whole number"),
    ],
)
def test_a_variable_that_does_not_fit_is_named(refusal, name, value, sentence) -> None:
    assert str(refusal("", environ={name: value})).startswith(f"{name}: {sentence}")


def test_texts_become_numbers_where_numbers_are_meant(load) -> None:
    environ = {
        "TICKWRIGHT_RISK__MAX_OPEN_ORDERS": "5",
        "TICKWRIGHT_COSTS__IMPACT_Y": "0.5",
        "TICKWRIGHT_DEFAULTS__CASH": "1_000",
    }
    values = load("", environ=environ).values
    assert (values.risk.max_open_orders, values.costs.impact_y, values.defaults.cash) == (5, 0.5, 1000)
