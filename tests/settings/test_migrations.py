"""Older files are brought up to date with a backup; newer ones are refused."""

from __future__ import annotations

import pytest

from tickwright.domain.errors import SettingsError
from tickwright.settings.migrations import STEPS, up_to_date
from tickwright.settings.model import CURRENT_VERSION

OLD = "# mine\nversion = 1\n[costs]\ncommission = 0 # none\n"
RENAMED = {
    1: lambda text: text.replace("version = 1", "version = 2").replace("commission", "fees"),
    2: lambda text: text.replace("version = 2", "version = 3").replace("fees", "fee"),
}


@pytest.fixture
def file(tmp_path):
    (tmp_path / "tickwright.toml").write_text(OLD)
    return tmp_path / "tickwright.toml"


def test_an_older_file_is_migrated_step_by_step_and_keeps_its_comments(file) -> None:
    migrated = up_to_date(file, shown_as="tickwright.toml", current=3, steps=RENAMED)
    assert migrated.layer.values == {"version": 3, "costs": {"fee": 0}}
    assert file.read_text() == "# mine\nversion = 3\n[costs]\nfee = 0 # none\n"


def test_the_old_text_is_kept_beside_it(file) -> None:
    up_to_date(file, shown_as="tickwright.toml", current=3, steps=RENAMED)
    assert file.with_name("tickwright.toml.v1.bak").read_text() == OLD
    assert sorted(path.name for path in file.parent.iterdir()) == ["tickwright.toml", "tickwright.toml.v1.bak"]


def test_a_current_file_is_not_touched(file) -> None:
    before = file.stat().st_mtime_ns
    up_to_date(file, shown_as="tickwright.toml", current=1, steps={})
    assert file.stat().st_mtime_ns == before
    assert len(list(file.parent.iterdir())) == 1


def test_a_step_that_breaks_the_file_changes_nothing(file) -> None:
    with pytest.raises(SettingsError, match="not TOML"):
        up_to_date(file, shown_as="tickwright.toml", current=2, steps={1: lambda text: text + "["})
    assert file.read_text() == OLD


def test_a_version_without_a_way_up_is_refused(file) -> None:
    with pytest.raises(SettingsError, match="line 2: version 1 cannot be brought up to date; expected version = 3"):
        up_to_date(file, shown_as="tickwright.toml", current=3, steps={2: RENAMED[2]})


def test_every_version_before_the_current_one_has_its_step() -> None:
    assert sorted(STEPS) == list(range(1, CURRENT_VERSION))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "version = 2",
            "line 1: version 2 is newer than this program understands; expected version = 1. Update tickwright",
        ),
        ('version = "1"', "line 1: version is '1'; expected version = 1"),
        ("version = true", "line 1: version is True; expected version = 1"),
        ("version = 0", "line 1: version 0 cannot be brought up to date"),
    ],
)
def test_a_version_that_is_not_ours_is_refused(refusal, line, sentence) -> None:
    assert sentence in str(refusal(line))


def test_a_file_that_cannot_be_replaced_is_named(file, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(SettingsError, match="version 1 cannot be migrated: permission denied"):
        up_to_date(file, shown_as="tickwright.toml", current=3, steps=RENAMED)
    assert file.read_text() == OLD
