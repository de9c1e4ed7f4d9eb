"""Objects over a road that breaks: what was acknowledged is there, what is served is whole, and all ends in time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tickwright.adapters.storage.bucket.address import bucket_address
from tickwright.adapters.storage.bucket.objects import Objects, VersionChanged
from tickwright.domain.errors import StoreUnreachable, StoreWriteFailed

Locate = Callable[..., str]
CONTENT = bytes(range(256)) * 40


def objects(location: str, *, timeout_s: float = 5.0, repetitions: int = 0) -> tuple[Objects, str]:
    address = bucket_address(location)
    return Objects(address, timeout_s=timeout_s, repetitions=repetitions), "/".join(address.prefix)


def test_a_put_over_another_version_is_told(bucket: Locate) -> None:
    store, key = objects(bucket("one"))
    first = store.put(key, b"first", version=None)
    second = store.put(key, b"second", version=first)
    for version in (None, first):
        with pytest.raises(VersionChanged):
            store.put(key, b"third", version=version)
    assert store.get(key) == (b"second", second)


def test_what_is_there_already_is_kept_again(bucket: Locate) -> None:
    store, key = objects(bucket("same"))
    version = store.put(key, CONTENT, version=None)
    assert store.put(key, CONTENT, version=None) == version


def test_a_put_cut_half_way_keeps_nothing_and_says_so(bucket: Locate, road) -> None:
    road.faults.append(("PUT", "request", "4000"))
    store, key = objects(bucket("half", road.port))
    with pytest.raises(StoreWriteFailed, match="did not take it"):
        store.put(key, CONTENT, version=None)
    assert not store.holds(key)
    assert road.struck == 1


def test_a_put_whose_answer_is_lost_counts_as_kept(bucket: Locate, road) -> None:
    road.faults.append(("PUT", "answer", "0"))
    store, key = objects(bucket("unknown", road.port))
    version = store.put(key, CONTENT, version=None)
    assert store.get(key) == (CONTENT, version)
    assert road.struck == 1


def test_a_put_that_is_repeated_after_a_lost_answer_is_no_conflict(bucket: Locate, road) -> None:
    store, key = objects(bucket("repeated", road.port), repetitions=2)
    before = store.put(key, b"before", version=None)
    road.faults.append(("PUT", "answer", "0"))
    store.put(key, CONTENT, version=before)
    assert store.get(key)[0] == CONTENT


def test_an_answer_cut_short_is_never_served(bucket: Locate, road) -> None:
    store, key = objects(bucket("short", road.port))
    store.put(key, CONTENT, version=None)
    road.faults += [("GET", "answer", "5000")] * 12
    with pytest.raises(StoreUnreachable):
        store.get(key)
    road.faults.clear()
    assert store.get(key)[0] == CONTENT


def test_a_silent_service_is_given_up_in_time(bucket: Locate, road) -> None:
    store, key = objects(bucket("silent", road.port), timeout_s=0.3)
    store.put(key, CONTENT, version=None)
    road.faults += [("GET", "answer", "5000", "stall")] * 12
    with pytest.raises(StoreUnreachable):
        store.get(key)


def test_a_bucket_that_does_not_exist_is_no_empty_store(bucket: Locate) -> None:
    store, _ = objects(bucket("x").replace("s3://market/", "s3://nowhere/"))
    for ask in (lambda: store.get("a"), lambda: list(store.list("a"))):
        with pytest.raises(StoreUnreachable, match="NoSuchBucket"):
            ask()
    with pytest.raises((StoreUnreachable, StoreWriteFailed), match="NoSuchBucket"):
        store.put("a", b"", version=None)


def test_nobody_there_is_a_sentence_without_secrets(bucket: Locate) -> None:
    store, key = objects(bucket("x", port=1))
    for ask in (lambda: store.get(key), lambda: store.put(key, b"", version=None), lambda: store.holds(key)):
        with pytest.raises((StoreUnreachable, StoreWriteFailed)) as refusal:
            ask()
        words = f"{refusal.value!r} {refusal.value} {refusal.value.hint} {refusal.value.__cause__}"
        assert "canary" not in words
        assert len(str(refusal.value)) < 400


def test_without_an_endpoint_the_bucket_is_amazon_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    store = Objects(bucket_address("s3://candles/desk", {"AWS_REGION": "eu-central-1"}))
    assert store.place == "s3://candles"
    assert store._store.config["region"] == "eu-central-1"
    assert "endpoint" not in store._store.config
