"""The error family: every failure the platform can name, and what each does to the run.

    TickwrightError                        code              exit  what it does to the run
    ├── CheckFailed                        CHECK_FAILED         1  the check's verdict is no; nothing else is touched
    ├── UsageError                         USAGE                2  nothing starts
    ├── SettingsError                      SETTINGS             3  nothing starts
    ├── DataError                          DATA                 4  the step ends; the store stays as it was
    ├── ExchangeError                      EXCHANGE             5  the request ends; what is known stays
    └── SafetyStop                         SAFETY               6  trading stops; a person decides

Invariant: one failure, one sentence that names the place, the value, what was expected and what to do. Refusals of
orders are not errors: they are named values (`RISK_…`, `VENUE_…`) on the order. A class's docstring is its page:
`tickwright explain CODE` prints it.
"""

from __future__ import annotations

from typing import ClassVar


class TickwrightError(Exception):
    """Any failure the platform can name.

    `message` says what is wrong with which value, `where` names the place (a file and line, a setting, a flag),
    `expected` what would have been right, `hint` what to do or type next.
    """

    code: ClassVar[str] = "TICKWRIGHT"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str = "", expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.where, self.expected, self.hint = message, where, expected, hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        expected = f"; expected {self.expected}" if self.expected else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{place}{self.message}{expected}{hint}"

    def document(self) -> dict[str, str | None]:
        """The failure as the `error` object of `--json`: empty parts are null."""
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where or None,
            "expected": self.expected or None,
            "hint": self.hint or None,
        }


class CheckFailed(TickwrightError):
    """A check ran to its end and its verdict is no.

    Nothing was changed. The output above the verdict lists each finding with its place.
    """

    code = "CHECK_FAILED"
    exit_code = 1


class UsageError(TickwrightError):
    """The command or the call cannot be understood as it was written.

    Nothing was started. The sentence names the word that does not fit and what would.
    """

    code = "USAGE"
    exit_code = 2


class SettingsError(TickwrightError):
    """A setting is unknown, has the wrong unit, or does not go with another one.

    Nothing was started. The sentence names the file, the key and the value; `tickwright config show` lists where each
    value comes from.
    """

    code = "SETTINGS"
    exit_code = 3


class DataError(TickwrightError):
    """Data is missing, damaged or not what it claims to be.

    The store is as it was before the command.
    """

    code = "DATA"
    exit_code = 4


class ExchangeError(TickwrightError):
    """An exchange could not be reached, refused, or answered with something that cannot be trusted.

    What had been stored before stays stored; the command can be repeated.
    """

    code = "EXCHANGE"
    exit_code = 5


class SafetyStop(TickwrightError):
    """A safety rule stopped trading.

    Open exposure is listed; a person decides what happens next.
    """

    code = "SAFETY"
    exit_code = 6


class RunNotFound(DataError):
    """No run, or more than one, answers to the name that was given.

    What happened: the runs folder of the project holds no single run of that id.
    State: nothing was read or changed.
    What to do: list the runs with `tickwright run ls` and give an id, its unique start or end, or `latest`.
    """

    code = "RUN_NOT_FOUND"
