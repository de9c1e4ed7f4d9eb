"""Two programs with one server hold a name one after the other; with a file each holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.shared_lock import held_everywhere
from tickwright.domain.errors import StoreBusy, StoreUnreachable


def test_the_second_is_told_who_holds_it_and_gets_it_afterwards(database: Callable[[str], str]) -> None:
    one, other = Database(database("lock")), Database(database("lock"))
    sentence = "the batch nightly is being run by a program on this machine that has been connected since 20"
    with held_everywhere(one, "nightly", "the batch nightly is being run"):
        with (
            pytest.raises(StoreBusy, match=sentence),
            held_everywhere(other, "nightly", "the batch nightly is being run"),
        ):
            pytest.fail("two hold it")
        with held_everywhere(other, "weekly", "the batch weekly is being run"):
            pass
    with held_everywhere(other, "nightly", "the batch nightly is being run"):
        pass


def test_it_is_free_when_its_holder_fails(database: Callable[[str], str]) -> None:
    made = Database(database("lock"))
    with pytest.raises(ValueError, match="broken"), held_everywhere(made, "nightly", ""):
        raise ValueError("broken")
    with held_everywhere(made, "nightly", ""):
        pass


def test_a_file_has_no_machines_to_keep_apart(tmp_path: Path) -> None:
    made = Database(tmp_path / "one.sqlite")
    with held_everywhere(made, "nightly", ""), held_everywhere(made, "nightly", ""):
        pass


def test_a_server_that_is_not_there_is_named() -> None:
    made = Database("postgresql://127.0.0.1:1/none")
    with pytest.raises(StoreUnreachable, match="the database cannot be reached"), held_everywhere(made, "nightly", ""):
        pass
