"""Each check of the diagnosis, on a machine or a project where it finds something."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.adapters.storage.search_record import TrialRange
from tickwright.bootstrap import doctor
from tickwright.bootstrap.doctor import Check, diagnose
from tickwright.bootstrap.project import Project
from tickwright.domain.timestamp import parse_instant

Usage = namedtuple("Usage", "total used free")


def check(home: Path, name: str, configs: tuple[Path, ...] = ()) -> Check:
    return next(found for found in diagnose(home, configs) if found.name == name)


def test_an_older_python_fails(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 4, "final", 0))
    found = check(tmp_path, "python")
    assert (found.status, found.remedy) == ("fail", "Use Python 3.11, 3.12 or 3.13.")


def test_a_missing_library_fails(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("numpy", "no-such-library"))
    found = check(tmp_path, "libraries")
    assert (found.status, found.detail) == ("fail", "not installed: no-such-library")


def test_a_library_that_cannot_be_loaded_fails(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "IMPORTED", ("no_such_library",))
    assert check(tmp_path, "libraries").detail.startswith("no_such_library cannot be loaded")


def test_little_memory_is_worth_a_look(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor.os, "sysconf", lambda name: 4096 if name == "SC_PAGE_SIZE" else 250_000)
    found = check(tmp_path, "memory")
    assert (found.status, found.detail) == ("warn", "1.0 GiB")


def test_nowhere_to_keep_compiled_code_is_worth_a_look(tmp_path, monkeypatch) -> None:
    nowhere = type("Nowhere", (), {"folder": None, "functions": 0})
    monkeypatch.setattr(doctor, "compiled_code", nowhere)
    assert check(tmp_path, "compiled code").status == "warn"


@pytest.mark.parametrize(("free", "status"), [(100_000_000, "fail"), (1_000_000_000, "warn"), (10_000_000_000, "ok")])
def test_a_full_disk_fails_and_a_small_one_is_worth_a_look(tmp_path, monkeypatch, free, status) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, free))
    assert check(tmp_path, "disk").status == status


def test_a_directory_that_takes_no_file_fails(tmp_path, monkeypatch) -> None:
    def refuse(**named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(doctor.tempfile, "NamedTemporaryFile", refuse)
    found = check(tmp_path, "writable")
    assert (found.status, found.detail) == ("fail", f"{tmp_path}: read-only file system")


def test_writing_is_tried_where_the_project_will_be_and_leaves_nothing(tmp_path) -> None:
    assert check(tmp_path / "a" / "b", "writable") == Check("writable", "ok", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_no_project_is_worth_a_look_and_settings_elsewhere_are_named(tmp_path) -> None:
    assert check(tmp_path, "project").remedy == "`tickwright init` makes a project here."
    (tmp_path / "x.toml").write_text("version = 1\n")
    assert check(tmp_path, "project", (tmp_path / "x.toml",)).status == "ok"


def test_settings_that_do_not_fit_fail_and_the_store_waits_for_them(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text("[costs]\nfe = 1\nspred = 1\n")
    assert check(tmp_path, "settings").detail.endswith("(and 1 more)")
    assert check(tmp_path, "store").status == "warn"


def test_a_strategy_that_does_not_load_is_worth_a_look(tmp_path) -> None:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "half.py").write_text("def (\n")
    found = check(tmp_path, "strategies")
    assert found.status == "warn"
    assert "strategies/half.py, line 1" in found.detail


def test_what_is_stored_is_counted(tmp_path, project) -> None:
    assert check(tmp_path / "empty", "store").detail.startswith("empty")
    assert check(project.home, "store").detail.startswith("2 series, ")


def test_what_is_archived_is_counted_and_an_archive_that_cannot_be_opened_fails(project) -> None:
    key = project.store.keys()[0]
    archive = ParquetLake(project.home / "old")
    archive.write(project.store.read(key).between(0, parse_instant("2020-02-01")))
    archived = archive.coverage(key).rows
    project.store.drop(key, parse_instant("2020-02-01"))
    (project.home / "tickwright.toml").write_text('version = 1\n[retention]\narchive = "old"\n')
    assert f"rows, of which {archived:,} archived" in check(project.home, "store").detail
    (project.home / "tickwright.toml").write_text('version = 1\n[retention]\narchive = "nosuch://x"\n')
    assert check(project.home, "store").status == "fail"


def test_a_store_that_cannot_be_opened_fails_by_its_code(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text('[store]\nurl = "nosuch://x"\n')
    found = check(tmp_path, "store")
    assert found.status == "fail"
    assert found.remedy.startswith("`tickwright explain ")


@pytest.mark.parametrize(("answer", "status"), [(5, "warn"), (0, "ok"), (-1, "ok")])
def test_a_clock_that_is_not_synchronised_is_worth_a_look(tmp_path, monkeypatch, answer, status) -> None:
    class Library:
        def __init__(self, name: None) -> None:
            pass

        def adjtimex(self, question: object) -> int:
            return answer

    monkeypatch.setattr(doctor.ctypes, "CDLL", Library)
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    assert check(tmp_path, "clock").status == status


def test_another_system_is_not_asked_for_its_clock(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(doctor.sys, "platform", "darwin")
    assert check(tmp_path, "clock").detail == "not asked on this system"


def test_a_database_is_shown_with_its_contents_and_its_pool(tmp_path) -> None:
    assert check(tmp_path, "database").detail == "none yet; the first run makes it"
    assert not (tmp_path / "runs").exists()
    project = Project(tmp_path)
    assert project.trials.count(TrialRange(("binance:BTC/USDT",), "1h", 0, 1)) == 0
    found = check(tmp_path, "database")
    assert found.status == "ok"
    assert "revision 0002; runs 0, trials 0, orders 0, fills 0, jobs 0; pool of 5+5" in found.detail


def test_an_older_schema_is_worth_a_look(tmp_path) -> None:
    database = Database(tmp_path / "runs" / "tickwright.sqlite")
    database.upgrade("0001")
    found = check(tmp_path, "database")
    assert (found.status, database.current()) == ("warn", "0001")
    assert found.remedy.startswith("`tickwright db upgrade`")


def test_a_database_that_cannot_be_reached_fails_without_its_password(tmp_path) -> None:
    (tmp_path / "tickwright.toml").write_text('[database]\nurl = "postgresql://me:canary@127.0.0.1:1/state"\n')
    found = check(tmp_path, "database")
    assert found.status == "fail"
    assert "canary" not in found.detail
