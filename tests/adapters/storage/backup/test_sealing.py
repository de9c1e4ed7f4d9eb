"""Encryption of a backup: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickwright.adapters.storage.backup.sealing import (
    CHUNK,
    MAGIC,
    SealingKey,
    backup_key,
    key_from_file,
    make_key_file,
    sealed,
    unsealed,
)
from tickwright.domain.errors import DataError, SettingsError, StoreDamaged

KEY = SealingKey(bytes(range(32)))
OTHER = SealingKey(bytes(range(1, 33)))
TEXT = bytes(range(32)).hex()
HEADER, SEALED_CHUNK = 48, CHUNK + 16


def seal(content: bytes, name: str = "a") -> bytes:
    return b"".join(sealed(KEY, name, [content]))


def unseal(form: bytes, name: str = "a", key: SealingKey = KEY) -> bytes:
    return b"".join(unsealed(key, name, [form]))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_any_size_comes_back_and_nothing_of_it_shows(size: int) -> None:
    content = b"canary-4411 " * (size // 12 + 1)
    form = seal(content[:size])
    assert unseal(form) == content[:size]
    assert b"canary" not in form
    assert form[:8] == MAGIC
    assert len(form) == HEADER + size + 16 * max(1, -(-size // CHUNK))


@given(st.lists(st.binary(max_size=70_000), max_size=4), st.integers(1, 100_000))
def test_how_it_is_cut_on_the_way_does_not_matter(pieces: list[bytes], cut: int) -> None:
    form = b"".join(sealed(KEY, "a", pieces))
    way = [form[start : start + cut] for start in range(0, len(form), cut)]
    assert b"".join(unsealed(KEY, "a", way)) == b"".join(pieces)


def test_equal_contents_never_look_alike() -> None:
    assert seal(b"same") != seal(b"same")
    assert KEY.name(b"x" * 32) == KEY.name(b"x" * 32) != OTHER.name(b"x" * 32)


@pytest.mark.parametrize("place", [0, 9, 20, 47, 48, 60, SEALED_CHUNK + 60, -1])
def test_a_flipped_bit_anywhere_is_found(place: int) -> None:
    form = bytearray(seal(bytes(2 * CHUNK + 100)))
    form[place] ^= 1
    with pytest.raises(DataError):
        unseal(bytes(form))


@pytest.mark.parametrize("kept", [0, 7, 48, 48 + SEALED_CHUNK - 1, 48 + SEALED_CHUNK, 48 + 2 * SEALED_CHUNK, -1])
def test_an_end_that_was_cut_off_is_found_also_between_chunks(kept: int) -> None:
    with pytest.raises(StoreDamaged):
        unseal(seal(bytes(2 * CHUNK + 100))[:kept])


def test_something_added_at_the_end_is_found() -> None:
    with pytest.raises(StoreDamaged):
        unseal(seal(b"all") + bytes(16))


def test_chunks_that_changed_places_or_came_from_another_content_are_found() -> None:
    form, other = seal(os.urandom(3 * CHUNK)), seal(os.urandom(3 * CHUNK))
    first, second = form[48 : 48 + SEALED_CHUNK], form[48 + SEALED_CHUNK : 48 + 2 * SEALED_CHUNK]
    rest = form[48 + 2 * SEALED_CHUNK :]
    for forged in (form[:48] + second + first + rest, form[:48] + other[48:], other[:48] + form[48:]):
        with pytest.raises(StoreDamaged):
            unseal(forged)


def test_a_content_under_another_name_is_found() -> None:
    with pytest.raises(StoreDamaged):
        unseal(seal(b"of yesterday", "snapshots/1"), "snapshots/2")


def test_a_wrong_key_is_one_sentence() -> None:
    with pytest.raises(DataError, match="it was sealed with another key") as refusal:
        unseal(seal(b"x"), key=OTHER)
    assert not isinstance(refusal.value, StoreDamaged)


def test_what_was_never_sealed_is_not_believed() -> None:
    with pytest.raises(StoreDamaged, match="not sealed"):
        unseal(b'{"format": 2}' * 10)


def test_the_key_comes_from_the_environment_or_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    assert backup_key({}) is None
    assert backup_key({"TICKWRIGHT_BACKUP_KEY": TEXT}) == KEY
    path = tmp_path / "backup.key"
    made = make_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert backup_key({"TICKWRIGHT_BACKUP_KEY_FILE": str(path)}) == made != KEY
    with pytest.raises(SettingsError, match="cannot be made"):
        make_key_file(path)
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="others may read"):
        key_from_file(path)


@pytest.mark.parametrize("text", ["hunter2-canary", "00" * 32, TEXT[:-2], TEXT + "00"])
def test_a_weak_or_broken_key_is_refused_without_repeating_it(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not one") as refusal:
        backup_key({"TICKWRIGHT_BACKUP_KEY": text})
    assert text not in f"{refusal.value} {refusal.value.hint} {refusal.value!r}"
    assert TEXT[:16] not in repr(KEY)


def test_two_keys_or_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two keys"):
        backup_key({"TICKWRIGHT_BACKUP_KEY": TEXT, "TICKWRIGHT_BACKUP_KEY_FILE": "/x"})
    with pytest.raises(SettingsError, match="cannot be read"):
        backup_key({"TICKWRIGHT_BACKUP_KEY_FILE": str(tmp_path / "none")})
