"""One source of settings and the place of each of its values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickwright.domain.errors import SettingsError
from tickwright.settings.layers import Layer, leaves, parse_text, read_file

TEXT = """\
version = 1
[costs]
  fee = "10bp"  # of every fill
"spread"=0

[strategies.trend]
params = { fast = 20 }
per_symbol."BTC/USDT".fast = 5
[profiles.free.costs]
fee = 0
"""


def parsed(text: str = TEXT):
    return parse_text(text, Path("x.toml"), shown_as="x.toml")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("version",), "x.toml, line 1"),
        (("costs",), "x.toml, line 2"),
        (("costs", "fee"), "x.toml, line 3"),
        (("costs", "spread"), "x.toml, line 4"),
        (("strategies", "trend", "params", "fast"), "x.toml, line 7"),
        (("strategies", "trend", "per_symbol", "BTC/USDT", "fast"), "x.toml, line 8"),
        (("risk", "max_drawdown"), "x.toml"),
    ],
)
def test_every_key_knows_its_line(path, place) -> None:
    assert parsed().layer.origin(path).place == place


def test_profiles_are_layers_of_their_own_with_their_lines() -> None:
    file = parsed()
    assert "profiles" not in file.layer.values
    assert file.profiles["free"].values == {"costs": {"fee": 0}}
    assert file.profiles["free"].origin(("costs", "fee")).place == "x.toml, line 10"


def test_leaves_are_all_values_with_their_paths() -> None:
    assert list(leaves({"a": {"b": 1, "c": {}}, "d": [2]})) == [(("a", "b"), 1), (("a", "c"), {}), (("d",), [2])]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1bp", "x.toml, line 1: the file is not TOML: expected newline or end of document"),
        ("\n[costs\n", "x.toml, line 2: the file is not TOML"),
        ('a = "x', "x.toml: the file is not TOML"),
        ("a = 1\na = 2", "x.toml, line 2: the file is not TOML: a is written twice. Keep one of the two."),
        ('"a\\q" = 1', "x.toml, line 1: the file is not TOML: unescaped"),
        ("profiles = 3", "x.toml, line 1: profiles is not a table of tables"),
        ("[profiles]\nfree = 1", "x.toml, line 1: profiles is not a table of tables"),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(text, sentence) -> None:
    with pytest.raises(SettingsError) as caught:
        parsed(text)
    assert sentence in str(caught.value)


def test_a_byte_order_mark_is_passed_over(tmp_path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbfversion = 1")
    assert read_file(tmp_path / "x.toml", shown_as="x.toml").version == 1


def test_a_file_in_another_encoding_is_named(tmp_path) -> None:
    (tmp_path / "x.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(SettingsError, match=r"x.toml: byte 5 is not UTF-8"):
        read_file(tmp_path / "x.toml", shown_as="x.toml")


@pytest.mark.parametrize(("name", "reason"), [("missing.toml", "no such file"), (".", "is a directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, reason) -> None:
    with pytest.raises(SettingsError, match=f"x.toml: the settings file cannot be read: {reason}"):
        read_file(tmp_path / name, shown_as="x.toml")


def test_a_value_without_a_name_is_placed_at_its_source() -> None:
    layer = Layer("environment", "the environment", {}, names={("a",): "TICKWRIGHT_A"})
    assert layer.origin(("a",)).place == "TICKWRIGHT_A"
    assert layer.origin(("b",)).place == "the environment"
