"""The frame of every page: what it carries of others, and that it may ask nobody for anything."""

from __future__ import annotations

import hashlib
from pathlib import Path

import tickwright.adapters.reports
from tickwright.adapters.reports.page_frame import page, write_whole

FOLDER = Path(tickwright.adapters.reports.__file__).parent / "page"
DECISION = Path(__file__).parents[3] / "docs/decisions/0070-charts-are-drawn-by-uplot.md"


def test_the_copied_script_is_the_published_one() -> None:
    digest = hashlib.sha256((FOLDER / "uplot/uPlot.iife.min.js").read_bytes()).hexdigest()
    assert digest in DECISION.read_text("utf-8")


def test_every_page_carries_the_licence_of_the_script_it_contains() -> None:
    text = page("A page", scripts=())
    assert "The MIT License (MIT)" in text
    assert "Copyright (c) 2022 Leon Sorokin" in text


def test_every_page_forbids_itself_every_request() -> None:
    text = page("A page", scripts=["columns.js"])
    assert "Content-Security-Policy" in text
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
    ours = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    assert not [word for word in ("fetch(", "XMLHttpRequest", "import(", "WebSocket", "sendBeacon") if word in ours]


def test_a_written_page_is_whole_and_its_path_absolute(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_whole(Path("new/page.html"), "text")
    assert path == tmp_path / "new/page.html"
    assert [entry.name for entry in path.parent.iterdir()] == ["page.html"]
