"""Whole objects in and out of one bucket, with the platform's sentences for the service's errors.

Invariants: an object that is served is as long as the service said; a put names the version it replaces, or that there
is none, so of two writers one is told (`VersionChanged`); every request is bounded in time and in repetitions; no
sentence holds a credential. After a put whose answer was lost, what is there is compared with what was sent: only equal
bytes count as kept.
Known limits: objects travel whole, so each must fit memory; a service that ignores conditional puts is found out by the
comparison only when two writers really meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from tickwright.adapters.storage.bucket.address import BucketAddress
from tickwright.domain.errors import DataError, SettingsError, StoreUnreachable, StoreWriteFailed

if TYPE_CHECKING:
    from obstore.store import S3Store

REQUEST_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10.0
REPETITIONS = 3

_ABSENT = ("NoSuchBucket", "NoSuchKey")


class VersionChanged(Exception):
    """Another writer put something there in between."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a listing: its key, and when it was put (UTC nanoseconds, by the service's clock)."""

    key: str
    modified_ns: int


class Objects:
    """The objects of one bucket, by key."""

    def __init__(
        self, address: BucketAddress, *, timeout_s: float = REQUEST_TIMEOUT_S, repetitions: int = REPETITIONS
    ) -> None:
        self.place = f"s3://{address.bucket}"
        self._store = _opened(address, timeout_s, repetitions)

    def get(self, key: str) -> tuple[bytes, str]:
        """An object and its version; raises `FileNotFoundError`, `StoreUnreachable`."""
        import obstore

        try:
            answer = obstore.get(self._store, key)
            content = bytes(answer.bytes())
        except FileNotFoundError as failure:
            self._absent(failure, key)
        except obstore.exceptions.BaseError as failure:
            raise self._unreachable(failure, key) from None
        if len(content) != answer.meta["size"]:
            raise StoreUnreachable(
                f"the answer was cut off after {len(content)} of {answer.meta['size']} bytes",
                where=f"{self.place}/{key}",
                expected="the whole object",
                hint="Type the command again.",
            )
        return content, answer.meta["e_tag"] or ""

    def put(self, key: str, content: bytes, *, version: str | None) -> str:
        """Keep an object where `version` is now (None: where nothing is), durably; returns the new version.

        Raises `VersionChanged` where something else is there, `StoreWriteFailed` where it was not kept or nobody knows.
        """
        import obstore

        try:
            mode = "create" if version is None else {"e_tag": version}
            return obstore.put(self._store, key, content, mode=mode, use_multipart=False)["e_tag"] or ""  # type: ignore[arg-type]
        except (obstore.exceptions.AlreadyExistsError, obstore.exceptions.PreconditionError):
            return self._kept_already(key, content)
        except FileNotFoundError as failure:
            raise self._unreachable(failure, key) from None
        except obstore.exceptions.BaseError as failure:
            try:
                return self._kept_already(key, content)
            except (VersionChanged, DataError):
                raise self._not_kept(failure, key) from None

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every object under a prefix, in the order of keys."""
        import obstore

        try:
            for batch in obstore.list(self._store, prefix or None):
                for found in batch:
                    yield Listed(found["path"], int(found["last_modified"].timestamp() * 1e9))
        except (obstore.exceptions.BaseError, FileNotFoundError) as failure:
            raise self._unreachable(failure, prefix) from None

    def holds(self, key: str) -> bool:
        """Whether there is an object of this key."""
        import obstore

        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        except obstore.exceptions.BaseError as failure:
            raise self._unreachable(failure, key) from None
        return True

    def delete(self, key: str) -> None:
        """Remove an object; nothing where there is none."""
        import obstore

        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except obstore.exceptions.BaseError as failure:
            raise self._not_kept(failure, key) from None

    def _kept_already(self, key: str, content: bytes) -> str:
        """The version of an object that holds exactly these bytes; raises `VersionChanged` for other ones."""
        try:
            held, version = self.get(key)
        except FileNotFoundError:
            raise VersionChanged(key) from None
        if held != content:
            raise VersionChanged(key)
        return version

    def _absent(self, failure: FileNotFoundError, key: str) -> NoReturn:
        if _ABSENT[0] in str(failure):
            raise self._unreachable(failure, key) from None
        raise FileNotFoundError(f"{self.place}/{key}") from None

    def _unreachable(self, failure: Exception, key: str) -> StoreUnreachable:
        return StoreUnreachable(
            f"the object storage cannot be used ({_reason(failure)})",
            where=f"{self.place}/{key}",
            expected="a bucket that lets these credentials read",
            hint="Look at the bucket's name, AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )

    def _not_kept(self, failure: Exception, key: str) -> StoreWriteFailed:
        return StoreWriteFailed(
            f"the object storage did not take it ({_reason(failure)})",
            where=f"{self.place}/{key}",
            expected="a bucket that lets these credentials write",
            hint="What was there before still counts; type the command again.",
        )


def _opened(address: BucketAddress, timeout_s: float, repetitions: int) -> S3Store:
    try:
        from obstore.store import S3Store
    except ImportError as missing:
        raise SettingsError(
            f"the client for object storage is not installed ({missing.name})",
            where="store",
            expected="obstore",
            hint="Install it: pip install 'tickwright[s3]'",
        ) from None
    elsewhere = {"endpoint": address.endpoint} if address.endpoint else {}  # Amazon's own without one
    return S3Store(
        address.bucket,
        region=address.region,
        client_options={
            "allow_http": address.endpoint.startswith("http://"),
            "timeout": timedelta(seconds=timeout_s),
            "connect_timeout": timedelta(seconds=min(CONNECT_TIMEOUT_S, timeout_s)),
        },
        retry_config={
            "max_retries": repetitions,
            "retry_timeout": timedelta(seconds=timeout_s * (repetitions + 1)),
            "backoff": {"init_backoff": timedelta(milliseconds=50), "max_backoff": timedelta(seconds=5), "base": 2},
        },
        **elsewhere,  # type: ignore[arg-type]
        **address.credentials,  # type: ignore[arg-type]
    )


def _reason(failure: Exception) -> str:
    """The service's own word, else the first line: the client's whole account runs over a page."""
    text = str(failure)
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("</Code>")[0]
    return text.splitlines()[0].rpartition(" - ")[2].strip() or type(failure).__name__
