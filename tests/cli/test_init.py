"""Making a project."""

from __future__ import annotations


def test_a_project_is_made_and_the_next_steps_are_told(tickwright, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = tickwright("init", "lab")
    assert outcome.code == 0
    assert (tmp_path / "lab" / "tickwright.toml").is_file()
    assert "  cd lab\n" in outcome.out
    assert "  tickwright backtest SmaCross" in outcome.out


def test_without_a_directory_it_is_made_here(tickwright, tmp_path, monkeypatch) -> None:
    (tmp_path / "tickwright.toml").write_text("version = 1\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert tickwright("init", "--json").document["home"] == str(inner)
    assert "cd " not in tickwright("init").out


def test_home_names_the_directory_too(tickwright, tmp_path) -> None:
    assert tickwright("init", "--home", tmp_path / "x", "--json").document["home"] == str(tmp_path / "x")


def test_a_second_time_nothing_is_touched_and_it_says_so(tickwright, tmp_path) -> None:
    tickwright("init", tmp_path)
    (tmp_path / "tickwright.toml").write_text("# mine\n")
    outcome = tickwright("init", tmp_path)
    assert outcome.code == 0
    assert outcome.out.startswith(f"This is a project already: {tmp_path}")
    assert (tmp_path / "tickwright.toml").read_text() == "# mine\n"
    assert tickwright("init", tmp_path, "--json").document["created"] == []


def test_a_file_in_the_way_is_named(tickwright, tmp_path) -> None:
    (tmp_path / "x").write_text("")
    assert tickwright("init", tmp_path / "x").code == 2
    assert "is a file; expected a directory" in tickwright("init", tmp_path / "x").err
    (tmp_path / "data").write_text("")
    outcome = tickwright("init", tmp_path)
    assert outcome.code == 2
    assert f"{tmp_path / 'data'}: the project cannot be made: file exists" in outcome.err


def test_the_new_settings_fit(tickwright, tmp_path) -> None:
    tickwright("init", tmp_path)
    assert tickwright("config", "check", "--home", tmp_path).out == "The settings fit.\n"
