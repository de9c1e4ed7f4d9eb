"""The page around the sections: style and scripts inside, nothing fetched; written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from tickwright.adapters.reports.markup import Markup, element, joined
from tickwright.domain.errors import SystemRefused

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(title: str, *body: object, scripts: Sequence[str]) -> Markup:
    """A complete document; `scripts` are files of `page/`, joined in this order into one script.

    The policy in its head forbids every request, so a page cannot fetch or send anything, whatever is written in it.
    """
    head = joined(
        (
            Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
            element("title", title),
            Markup(f"<style>{_asset('uplot/uPlot.min.css')}\n{_asset('page.css')}</style>"),
            Markup(f"<script>{_asset('theme.js')}</script>"),
        )
    )
    code = "\n".join(_asset(name) for name in scripts)
    licence = _asset("uplot/LICENSE").strip()
    script = Markup(
        f"<script>/* uPlot\n{licence} */\n{_asset('uplot/uPlot.iife.min.js')}</script>\n"
        f'<script>(() => {{\n"use strict";\n{code}\n}})();</script>'
    )
    skip = Markup('<a class="skip" href="#content">Skip to the content</a>')
    noscript = Markup('<noscript><p class="warnings">The charts and the list of trades need scripts.</p></noscript>')
    return Markup(
        f'<!doctype html>\n<html lang="en"><head>{head}</head>\n'
        f"<body>{skip}{noscript}{joined(body)}\n{script}</body></html>\n"
    )


def write_whole(path: Path, text: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part; returns its absolute path.

    Raises `SystemRefused` with the path and the reason; the old file is then as it was.
    """
    path = path.absolute()
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as failure:
        _forget(draft)
        reason = (failure.strerror or type(failure).__name__).lower()
        raise SystemRefused(
            f"the report cannot be written: {reason}", where=str(path), hint="Make room or name another path."
        ) from failure
    except BaseException:
        _forget(draft)
        raise
    return path


def _forget(draft: Path) -> None:
    with contextlib.suppress(OSError):
        draft.unlink(missing_ok=True)


def _asset(name: str) -> str:
    return resources.files("tickwright.adapters.reports").joinpath("page", name).read_text("utf-8")
