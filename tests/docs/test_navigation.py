"""Every page of the site is in its navigation, and every entry of the navigation is a page."""

from __future__ import annotations

from typing import Any

import yaml

from tests.docs.documents import ROOT


def pages(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [page for part in (entry.values() if isinstance(entry, dict) else entry) for page in pages(part)]


def test_the_navigation_names_every_page_once() -> None:
    named = pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    there = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}

    assert sorted(named) == sorted(there)


def test_every_decision_is_in_the_list_of_decisions() -> None:
    index = (ROOT / "docs" / "decisions" / "index.md").read_text()
    unlisted = [path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md") if f"({path.name})" not in index]

    assert unlisted == []
