"""Encryption of a backup: nobody without the key reads it, and what was changed, cut, swapped or renamed is found out.

    TWSEAL01 | key check (8 bytes) | salt (32 bytes)            the header
    chunk: AES-256-GCM of up to 65536 bytes, and its tag of 16 bytes; and so on

The nonce of a chunk is its number (11 bytes, big endian) and one byte that is 1 for the last chunk and 0 before, so
chunks cannot change places and an end cannot be cut off; the header and the name under which the content is kept are
authenticated with every chunk. Each content has its own key, HKDF-SHA256 of the master key and its random salt; the key
check is derived from the master key alone and tells a wrong key from damage. The master key is 32 random bytes, written
as 64 hexadecimal digits, in `TICKWRIGHT_BACKUP_KEY` or in the file that `TICKWRIGHT_BACKUP_KEY_FILE` names.

Invariants: a piece of plaintext is handed out only after its chunk was authenticated; whoever takes the pieces must not
believe them before the last one came. Known limits: sizes and times can be seen; whole old snapshots
that were put back, or newest ones that were removed, are not noticed. Source: the STREAM construction (Hoang,
Reyhanitabar, Rogaway, Vizár, 2015).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tickwright.domain.errors import DataError, SettingsError, StoreDamaged

MAGIC = b"TWSEAL01"
CHUNK = 65_536

_CHECK_SIZE, _SALT_SIZE, _TAG_SIZE, _KEY_SIZE = 8, 32, 16, 32
_HEADER_SIZE = len(MAGIC) + _CHECK_SIZE + _SALT_SIZE
_VARIABLE, _FILE_VARIABLE = "TICKWRIGHT_BACKUP_KEY", "TICKWRIGHT_BACKUP_KEY_FILE"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The master key of backups; its text never shows it."""

    master: bytes = field(repr=False)

    def check(self) -> bytes:
        """What a header says of the key."""
        return self._derived(b"", b"tickwright backup key check", _CHECK_SIZE)

    def name(self, content_sha256: bytes) -> str:
        """The name of a content: equal for equal contents, and meaningless without the key."""
        return hmac.new(
            self._derived(b"", b"tickwright backup names", _KEY_SIZE), content_sha256, hashlib.sha256
        ).hexdigest()

    def content_cipher(self, salt: bytes) -> AESGCM:
        """The cipher of one content."""
        return AESGCM(self._derived(salt, b"tickwright backup content", _KEY_SIZE))

    def _derived(self, salt: bytes, purpose: bytes, size: int) -> bytes:
        return HKDF(SHA256(), size, salt, purpose).derive(self.master)


def backup_key(environment: Mapping[str, str] = os.environ) -> SealingKey | None:
    """The key that the environment names, None where it names none; raises `SettingsError`, never repeating it."""
    text, file = environment.get(_VARIABLE, ""), environment.get(_FILE_VARIABLE, "")
    if text and file:
        raise SettingsError(
            "two keys are named", where=_VARIABLE, expected=f"{_VARIABLE} or {_FILE_VARIABLE}, not both"
        )
    if file:
        return key_from_file(Path(file).expanduser())
    return _parsed(text, _VARIABLE) if text else None


def key_from_file(path: Path) -> SealingKey:
    """The key in a file that only its owner may read; raises `SettingsError`."""
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as failure:
        raise SettingsError(
            f"the file of the key cannot be read ({type(failure).__name__})", where=str(path), expected="a key file"
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(
            "others may read the file of the key", where=str(path), expected="mode 0600", hint=f"chmod 600 {path}"
        )
    return _parsed(text, str(path))


def make_key_file(path: Path) -> SealingKey:
    """Make a new key in a new file that only its owner may read; raises `SettingsError` where the file exists."""
    key = SealingKey(secrets.token_bytes(_KEY_SIZE))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as failure:
        sentence = f"the file of the key cannot be made ({failure.strerror})"
        raise SettingsError(sentence, where=str(path), expected="a name that is free") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.master.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def sealed(key: SealingKey, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed form of a content that is kept under a name, piece by piece."""
    salt = secrets.token_bytes(_SALT_SIZE)
    header = MAGIC + key.check() + salt
    cipher, about = key.content_cipher(salt), header + name.encode()
    yield header
    for number, (chunk, last) in enumerate(_chunks(pieces, CHUNK)):
        yield cipher.encrypt(_nonce(number, last), chunk, about)


def unsealed(key: SealingKey, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a sealed form, each piece authenticated; raises `StoreDamaged`, at the latest after the last."""
    header, rest = _split_header(iter(pieces))
    if header[: len(MAGIC)] != MAGIC or len(header) < _HEADER_SIZE:
        raise _damaged(name, "it is not sealed, or its beginning is damaged")
    if not hmac.compare_digest(header[len(MAGIC) : len(MAGIC) + _CHECK_SIZE], key.check()):
        hint = f"Set {_VARIABLE} or {_FILE_VARIABLE} to the key it was made with; nothing was changed."
        raise DataError("it was sealed with another key", where=name, expected="the key of this backup", hint=hint)
    cipher, about = key.content_cipher(header[-_SALT_SIZE:]), header + name.encode()
    for number, (chunk, last) in enumerate(_chunks(rest, CHUNK + _TAG_SIZE)):
        try:
            yield cipher.decrypt(_nonce(number, last), chunk, about)
        except InvalidTag:
            raise _damaged(name, f"chunk {number + 1} was changed, moved or cut off") from None


def is_sealed(content: bytes) -> bool:
    """Whether bytes begin as sealed ones do."""
    return content[: len(MAGIC)] == MAGIC


def _parsed(text: str, where: str) -> SealingKey:
    try:
        master = bytes.fromhex(text.strip())
    except ValueError:
        master = b""
    if len(master) != _KEY_SIZE or len(set(master)) < 8:
        expected = f"{_KEY_SIZE} random bytes as {2 * _KEY_SIZE} hexadecimal digits"
        raise SettingsError("the key of the backup is not one", where=where, expected=expected)
    return SealingKey(master)


def _chunks(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces cut anew into chunks of one size, the last one shorter or not and marked; one empty chunk for nothing."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _split_header(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    held = b""
    while len(held) < _HEADER_SIZE and (piece := next(pieces, b"")):
        held += piece

    def rest() -> Iterator[bytes]:
        yield held[_HEADER_SIZE:]
        yield from pieces

    return held[:_HEADER_SIZE], rest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _damaged(name: str, reason: str) -> StoreDamaged:
    return StoreDamaged(reason, where=name, expected="a sealed content as it was written", hint="Use another snapshot.")
