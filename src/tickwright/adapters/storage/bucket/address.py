"""Which bucket an `s3://` location means, and where its credentials come from.

    s3://BUCKET[/PREFIX][?endpoint=https://HOST:PORT&region=NAME]

Invariants: credentials come from the environment alone (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_SESSION_TOKEN`; on the machines of a cloud from the role they run under), never from a location, which anybody may
see in a list of processes; a location that holds some is refused without repeating it. The endpoint and the region are
those of the location, else `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` and `AWS_REGION`, `AWS_DEFAULT_REGION`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tickwright.domain.errors import SettingsError

_EXPECTED = "s3://BUCKET[/PREFIX][?endpoint=https://HOST:PORT&region=NAME]"
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A place in a bucket: its text never shows a credential."""

    bucket: str
    prefix: tuple[str, ...]
    endpoint: str
    region: str
    credentials: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        return "/".join((f"s3://{self.bucket}", *self.prefix))


def bucket_address(location: str, environment: Mapping[str, str] = os.environ) -> BucketAddress:
    """What a location means; raises `SettingsError`.

    >>> str(bucket_address("s3://candles/desk/a?region=eu-central-1", {}))
    's3://candles/desk/a'
    """
    parts = urlsplit(location)
    options = parse_qs(parts.query, keep_blank_values=True)
    if "@" in parts.netloc or any("key" in name or "token" in name for name in options):
        hint = "Take it out, put the credentials into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and renew them."
        raise SettingsError("the location holds credentials", where="store", expected=_EXPECTED, hint=hint)
    if parts.scheme != "s3" or not parts.netloc or parts.fragment or set(options) - {"endpoint", "region"}:
        raise SettingsError(f"{location!r} is no place in a bucket", where="store", expected=_EXPECTED)
    prefix = tuple(piece for piece in parts.path.split("/") if piece)
    if any(piece in (".", "..") for piece in prefix):
        raise SettingsError(f"{location!r} is no place in a bucket", where="store", expected="names without . and ..")
    endpoint = options.get("endpoint", [_first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")])[0]
    region = options.get("region", [_first(environment, "AWS_REGION", "AWS_DEFAULT_REGION") or _REGION])[0]
    return BucketAddress(parts.netloc, prefix, _demand_endpoint(endpoint), region, _credentials(environment))


def _demand_endpoint(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc):
        raise SettingsError("the endpoint is no address", where="store", expected="https://HOST:PORT")
    return endpoint.rstrip("/")


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    names = {
        "access_key_id": "AWS_ACCESS_KEY_ID",
        "secret_access_key": "AWS_SECRET_ACCESS_KEY",
        "session_token": "AWS_SESSION_TOKEN",
    }
    return {option: environment[name] for option, name in names.items() if environment.get(name)}


def _first(environment: Mapping[str, str], *names: str) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
