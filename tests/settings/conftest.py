"""Write a settings file and load it, without settings from this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tickwright.domain.errors import TickwrightError
from tickwright.settings import LoadedSettings, load_settings


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., LoadedSettings]:
    """A function that loads the text of a tickwright.toml under an environment and a command line."""

    def call(
        text: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, object] | None = None,
        profile: str | None = None,
    ) -> LoadedSettings:
        if text is not None:
            (tmp_path / "tickwright.toml").write_text(text, "utf-8")
        return load_settings(tmp_path, environ=environ or {}, overrides=overrides, profile=profile)

    return call


@pytest.fixture
def refusal(load) -> Callable[..., TickwrightError]:
    """A function that loads settings which do not fit, and returns the refusal."""

    def call(*args: object, **named: object) -> TickwrightError:
        with pytest.raises(TickwrightError) as caught:
            load(*args, **named)
        return caught.value

    return call
