"""Progress bars: on a terminal only, and never on standard output."""

from __future__ import annotations

import io

from tickwright.cli.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def work_with(bar: ProgressBar) -> None:
    with bar:
        bar.describe("Counting on")
        bar.advance()
        bar.update(2, total=3)


def test_nothing_is_shown_where_nobody_watches(capsys) -> None:
    work_with(ProgressBar("Counting", total=3))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_the_bar_on_stderr(monkeypatch, capsys) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    work_with(ProgressBar("Counting", total=3))
    assert "Counting" in screen.getvalue()
    assert capsys.readouterr().out == ""


def test_steps_side_by_side_have_a_line_each_and_a_sum(monkeypatch, capsys) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with ProgressBar("Fetching") as bar:
        bar.part("BTC/USDT 1h", 1, 2)
        bar.part("ETH/USDT 1h", 2, 3)
    assert "BTC/USDT 1h" in screen.getvalue()
    assert "3/5" in screen.getvalue()
