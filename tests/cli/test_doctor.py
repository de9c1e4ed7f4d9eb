"""Looking at the machine and the project."""

from __future__ import annotations

from tickwright.adapters.exchanges import open_rate_budget
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap import doctor
from tickwright.domain.timestamp import SECOND


def test_a_healthy_project_passes(tickwright, project) -> None:
    outcome = tickwright("doctor")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].endswith("0 failed.")
    assert "ok    settings" in outcome.out


def test_the_document_has_every_check_with_its_remedy(tickwright, project) -> None:
    document = tickwright("doctor", "--json").document
    assert document["ok"] is True
    assert {"name", "status", "detail", "remedy"} == set(document["checks"][0])
    assert [check["name"] for check in document["checks"]] == [
        "python", "libraries", "processor", "memory", "compiled code", "project", "writable", "disk", "settings",
        "strategies", "store", "database", "exchanges", "loopback", "clock",
    ]  # fmt: skip


def test_a_failed_check_exits_with_1_and_says_what_to_do(tickwright, project) -> None:
    (project / "tickwright.toml").write_text("[costs]\nfe = 1\n")
    outcome = tickwright("doctor")
    assert outcome.code == 1
    assert "fail  settings" in outcome.out
    assert "`tickwright config check` lists them all." in outcome.out
    assert tickwright("doctor", "--json").document["failed"] == 1


def test_a_check_that_breaks_does_not_hide_the_others(tickwright, project, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "_memory", lambda: 1 / 0)
    checks = tickwright("doctor", "--json").document["checks"]
    memory = next(check for check in checks if check["name"] == "memory")
    assert (memory["status"], memory["detail"]) == ("fail", "ZeroDivisionError: division by zero")
    assert len(checks) == 15


def test_a_ban_of_an_exchange_is_shown_with_its_end(tickwright, project, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    clock = WallClock()
    budget = open_rate_budget(clock)
    assert "none has been asked" not in tickwright("doctor").out
    budget.block_until("binance", clock.now_ns() + 600 * SECOND)
    budget.close()
    outcome = tickwright("doctor")
    assert "nobody may call binance before" in outcome.out
    assert outcome.code == 0


def test_a_database_is_named_with_what_it_does_instead(tickwright, project, database) -> None:
    (project / "tickwright.toml").write_text(f'version = 1\n[store]\nurl = "{database("doctor")}"\n')
    store = next(check for check in tickwright("doctor", "--json").document["checks"] if check["name"] == "store")
    assert store["status"] == "ok"
    assert "native partitions by year; TimescaleDB is not installed" in store["detail"]
