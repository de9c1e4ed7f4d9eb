"""What is said before the engine is compiled for the first time on a machine."""

from __future__ import annotations

from tickwright.cli.frame import Frame


def announce_compilation(frame: Frame) -> None:
    """Tell on stderr that the coming step compiles, where it does."""
    from tickwright.bootstrap.compiled_code import FIRST_TIME, compiled_code

    if not compiled_code().holds_the_engine:
        frame.note(FIRST_TIME)
