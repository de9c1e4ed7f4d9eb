"""A new project and its commented settings."""

from __future__ import annotations

import re
import tomllib

import pytest

from tickwright.bootstrap.new_project import FILES, FOLDERS, make_project, template_text, write_new
from tickwright.domain.errors import UsageError
from tickwright.settings import Settings, load_settings


def test_everything_is_made_once(tmp_path) -> None:
    first, second = make_project(tmp_path / "lab"), make_project(tmp_path / "lab")
    names = [*FILES, *(f"{folder}/" for folder in FOLDERS)]
    assert (list(first.created), first.existed) == (names, ())
    assert (second.created, list(second.existed)) == ((), names)


def test_the_new_settings_change_nothing(tmp_path) -> None:
    make_project(tmp_path)
    assert load_settings(tmp_path, environ={}).values == Settings()


def test_every_commented_line_of_a_section_shows_the_default_or_an_example_that_fits(tmp_path) -> None:
    text = re.sub(r"^# (\[.*|[a-z_]+ = .*)$", r"\1", template_text("tickwright.toml"), flags=re.MULTILINE)
    (tmp_path / "tickwright.toml").write_text(text)
    uncommented = load_settings(tmp_path, environ={}).values
    built_in = Settings()
    assert uncommented.costs.model_copy(update={"fee": None}) == built_in.costs
    assert uncommented.data == built_in.data
    for name in ("exchange", "timeframe", "cash", "mode"):
        assert getattr(uncommented.defaults, name) == getattr(built_in.defaults, name)
    assert uncommented.strategies["trend"].parameters("ETH/USDT")["fast"] == 15
    assert load_settings(tmp_path, profile="free", environ={}).values.costs.spread == 0


def test_the_settings_file_is_plain_toml() -> None:
    assert tomllib.loads(template_text("tickwright.toml"))["version"] == 1


def test_candles_results_and_secrets_stay_out_of_a_repository() -> None:
    ignored = template_text("gitignore").splitlines()
    assert {"/data/", "/runs/", ".env"} <= set(ignored)


def test_a_file_that_exists_is_left_alone(tmp_path) -> None:
    (tmp_path / "a").write_text("mine")
    assert write_new(tmp_path / "a", "ours") is False
    assert (tmp_path / "a").read_text() == "mine"


def test_a_directory_that_cannot_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="the project cannot be made: not a directory"):
        make_project(tmp_path / "file" / "lab")
