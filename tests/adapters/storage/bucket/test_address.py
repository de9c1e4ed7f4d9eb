"""What an `s3://` location means, and what it may not hold."""

from __future__ import annotations

import pytest

from tickwright.adapters.storage.bucket.address import bucket_address
from tickwright.domain.errors import SettingsError

KEYS = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "hushhush"}


def test_the_location_names_bucket_prefix_endpoint_and_region() -> None:
    address = bucket_address("s3://candles/desk/a/?endpoint=https://minio.lan:9000/&region=eu-central-1", KEYS)
    assert (address.bucket, address.prefix) == ("candles", ("desk", "a"))
    assert (address.endpoint, address.region) == ("https://minio.lan:9000", "eu-central-1")
    assert dict(address.credentials) == {"access_key_id": "AKIACANARY", "secret_access_key": "hushhush"}


def test_the_standard_environment_fills_what_the_location_leaves_open() -> None:
    environment = {**KEYS, "AWS_ENDPOINT_URL": "http://general", "AWS_ENDPOINT_URL_S3": "http://special",
                   "AWS_DEFAULT_REGION": "eu-west-1", "AWS_SESSION_TOKEN": "fleeting"}  # fmt: skip
    address = bucket_address("s3://candles", environment)
    assert (address.endpoint, address.region) == ("http://special", "eu-west-1")
    assert address.credentials["session_token"] == "fleeting"
    assert bucket_address("s3://candles", {}).region == "us-east-1"


def test_no_text_of_an_address_shows_a_credential() -> None:
    address = bucket_address("s3://candles/desk", KEYS)
    assert "hushhush" not in repr(address) + str(address)
    assert "AKIACANARY" not in repr(address) + str(address)


@pytest.mark.parametrize(
    "location",
    ["s3://AKIA:hushhush@candles", "s3://candles?secret_key=hushhush", "s3://candles?endpoint=http://a:hushhush@b"],
)
def test_a_location_with_credentials_is_refused_without_repeating_it(location: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        bucket_address(location, {})
    assert "hushhush" not in f"{refusal.value} {refusal.value.hint}"


@pytest.mark.parametrize("location", ["s3://", "s3:///a", "s3://b/../c", "s3://b?endpoint=ftp://x", "s3://b?bad=1"])
def test_a_location_that_names_no_place_is_refused(location: str) -> None:
    with pytest.raises(SettingsError):
        bucket_address(location, {})
