"""The error family: every failure the platform can name, and what each does to the run.

    TickwrightError                        code              exit  what it does to the run
    ├── CheckFailed                        CHECK_FAILED         1  the check's verdict is no; nothing else is touched
    ├── UsageError                         USAGE                2  nothing starts
    ├── SettingsError                      SETTINGS             3  nothing starts
    ├── DataError                          DATA                 4  the step ends; the store stays as it was
    ├── ExchangeError                      EXCHANGE             5  the request ends; what is known stays
    ├── SafetyStop                         SAFETY               6  trading stops; a person decides
    ├── Interrupted                        INTERRUPTED        130  the command ends; what was finished stays
    ├── SystemRefused                      SYSTEM_REFUSED       1  the command ends; the store stays as it was
    └── Unexpected                         UNEXPECTED           1  the command ends; nobody foresaw why

Invariant: one failure, one sentence that names the place, the value, what was expected and what to do. Refusals of
orders are not errors: they are named values (`RISK_…`, `VENUE_…`) on the order. A class's docstring is its page, in
three labelled parts (what happened, state, what to do): `tickwright explain CODE` prints it.
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

    What happened: something that was compared with what it should be differs from it, or a check of this machine or
    this project did not pass.
    State: checks only read; nothing was changed.
    What to do: the output lists each finding with its place and its remedy; repair those and run the check again.
    """

    code = "CHECK_FAILED"
    exit_code = 1


class UsageError(TickwrightError):
    """The command or the call cannot be understood as it was written.

    What happened: a word, an option or a value is missing, misspelt or outside what is allowed.
    State: nothing was started and nothing was changed.
    What to do: the sentence names the word that does not fit and what would; `tickwright COMMAND --help` shows every
    option of a command.
    """

    code = "USAGE"
    exit_code = 2


class SettingsError(TickwrightError):
    """A setting is unknown, has the wrong unit, or does not go with another one.

    What happened: a value in tickwright.toml, in a profile, in a `TICKWRIGHT_…` variable or in a flag cannot be used;
    the sentence names the file and line, the key, the value and what was expected.
    State: nothing was started; every settings file is as it was.
    What to do: correct the key it names; `tickwright config check` looks at all settings without starting anything,
    `tickwright config show` lists each value with the layer it comes from.
    """

    code = "SETTINGS"
    exit_code = 3


class DataError(TickwrightError):
    """Data is missing, damaged or not what it claims to be.

    What happened: a series is not in the store, a file is not candles, or stored data no longer matches its manifest.
    State: the store is as it was before the command; a refused file changed nothing.
    What to do: `tickwright data ls` shows what there is, `tickwright data fetch` gets what is missing,
    `tickwright data verify` finds damage; for an import, correct the row that the sentence names.
    """

    code = "DATA"
    exit_code = 4


class ExchangeError(TickwrightError):
    """An exchange could not be reached, refused, or answered with something that cannot be trusted.

    What happened: the connection failed, the exchange's limits were met for longer than is sensible to wait, or the
    answer was not what its documents promise.
    State: the request had no lasting effect here; every page fetched before it is stored.
    What to do: type the command again: it goes on where it stopped; if it keeps failing, look at the exchange's status
    page and at the address the sentence names.
    """

    code = "EXCHANGE"
    exit_code = 5


class ExchangeUnavailable(ExchangeError):
    """The exchange could not be reached, or said that it is not serving now.

    What happened: the connection was refused, reset or timed out, or the exchange is under maintenance or failing. It
    was tried again, with growing pauses, until the time for the request was used up.
    State: what had been fetched before is stored.
    What to do: check the address the sentence names and the exchange's status page; type the command again, it goes on
    where it stopped.
    """

    code = "EXCHANGE_UNAVAILABLE"


class RateLimited(ExchangeError):
    """The exchange lets nobody from this address call before an instant.

    What happened: too many requests came from this address (from any program on it). Whoever goes on calling is banned
    for longer, so the platform does not; the instant is remembered across processes and restarts.
    State: what had been fetched before is stored; no request is sent before the instant the sentence names.
    What to do: wait until then and type the command again; look for other programs that call the same exchange.
    """

    code = "EXCHANGE_RATE_LIMITED"

    def __init__(
        self, message: str, *, retry_at_ns: int | None = None, where: str = "", expected: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, where=where, expected=expected, hint=hint)
        self.retry_at_ns = retry_at_ns


class BadResponse(ExchangeError):
    """The exchange's answer is not what its documents promise.

    What happened: the answer was cut off, a page instead of data, or a field has an impossible type or value. Nothing
    of such an answer is used.
    State: what had been fetched before is stored; nothing of this answer is.
    What to do: type the command again; if it stays, something between here and the exchange answers in its place, or
    the exchange has changed its interface.
    """

    code = "EXCHANGE_BAD_RESPONSE"


class UnknownSymbol(ExchangeError):
    """The exchange does not list the instrument.

    What happened: the symbol is not among those the exchange names, or is not offered any more.
    State: nothing was fetched.
    What to do: compare with the nearest spellings in the sentence; symbols are written BASE/QUOTE.
    """

    code = "EXCHANGE_UNKNOWN_SYMBOL"


class NotOffered(ExchangeError):
    """The exchange, or the platform's way to it, does not offer what was asked for.

    What happened: the exchange is not known to the platform, or has no such timeframe or kind of data.
    State: nothing was fetched.
    What to do: choose one of what the sentence lists.
    """

    code = "EXCHANGE_NOT_OFFERED"


class AuthenticationFailed(ExchangeError):
    """The exchange does not accept the key, its signature or its permissions.

    What happened: the key is wrong, expired, not allowed from this address, or lacks a permission.
    State: the exchange did nothing.
    What to do: check the key and its permissions on the exchange's site.
    """

    code = "EXCHANGE_AUTHENTICATION"


class ClockRefused(ExchangeError):
    """The exchange does not accept the time of a request.

    What happened: the clock of this machine and the exchange's differ by more than the exchange allows, or two programs
    use one key.
    State: the exchange did nothing.
    What to do: synchronise the clock of this machine; give every program its own key.
    """

    code = "EXCHANGE_CLOCK"


class RequestRefused(ExchangeError):
    """The exchange understood the request and said no.

    What happened: a parameter is out of bounds, an order breaks a rule, funds are missing, or the account or the place
    may not do this. The sentence carries the exchange's words.
    State: the exchange did nothing.
    What to do: correct what the exchange names; repeating the same request gives the same answer.
    """

    code = "EXCHANGE_REFUSED"


class SafetyStop(TickwrightError):
    """A safety rule stopped trading.

    What happened: a limit that a person had set was reached, or what the exchange says and what is known here differ
    in a way that may not be guessed about.
    State: no new order is sent; open orders and positions are listed with the message.
    What to do: look at what is open and decide; trading goes on only after a person says so.
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


class Interrupted(TickwrightError):
    """A person or the system asked the command to stop before it was done.

    What happened: Ctrl-C was pressed, or the system asked the process to end.
    State: what was finished stays; nothing is half written.
    What to do: type the same command again; work that was finished is not repeated.
    """

    code = "INTERRUPTED"
    exit_code = 130


class SystemRefused(TickwrightError):
    """The operating system would not do what the command needed.

    What happened: a file or a folder could not be opened, written or made: no permission, no room, or something else
    stands in its place.
    State: the command ended; the store is as its last finished step left it.
    What to do: correct the path that the sentence names, or its permissions; `tickwright doctor` looks at disk and
    project.
    """

    code = "SYSTEM_REFUSED"
    exit_code = 1


class Unexpected(TickwrightError):
    """Something happened that the platform has no name for.

    What happened: most likely a defect of the platform, otherwise a machine out of memory.
    State: the command ended; the store is as its last finished step left it.
    What to do: `tickwright doctor` looks at the machine; the same command with `--debug` shows where it happened, which
    is what a report of a defect needs.
    """

    code = "UNEXPECTED"
    exit_code = 1


class StoreBusy(DataError):
    """Another process is writing the same series, or holds the project's database.

    What happened: the series is locked by the process that the sentence names; one process writes it at a time. Or the
    database stayed locked for longer than `database.lock_timeout` and several repetitions.
    State: nothing was written; readers are not affected.
    What to do: wait until that process is done and type the command again. Its lock vanishes with it.
    """

    code = "STORE_BUSY"


class StoreDamaged(DataError):
    """A file of the store is missing or does not hold what was written to it.

    What happened: the hash, the number of rows or the form of a stored file differs from its manifest.
    State: nothing was read from it: damaged rows are never served; other series are not affected.
    What to do: `tickwright data verify` names every damaged file and the range it covers; fetch or import that range
    again, or restore the file from a backup.
    """

    code = "STORE_DAMAGED"


class StoreWriteFailed(DataError):
    """The disk would not take a write: it is full, read-only, or failing.

    What happened: the system refused a write or a flush to disk; the sentence names the file and the reason.
    State: the store is as it was before the write. After a failed flush the process writes no more to that store,
    because what the disk claims can no longer be trusted.
    What to do: make room or correct the permissions and type the command again; after a failed flush restart and run
    `tickwright data verify`.
    """

    code = "STORE_WRITE_FAILED"


class FlushFailed(StoreWriteFailed):
    """The disk took the bytes but could not promise to keep them.

    What happened: a flush to disk failed; a second one could succeed although the bytes are lost.
    State: what was being written is not in the store, or may vanish with the next power cut; the process writes no more
    to that store.
    What to do: find out what is wrong with the disk, restart and run `tickwright data verify`.
    """

    code = "STORE_FLUSH_FAILED"


class StoreUnreachable(DataError):
    """A database, of market data or of runs, does not answer, or does not let this user in.

    What happened: a connection was refused, lost, timed out or denied.
    State: nothing is half written: a write is one transaction. Runs and searches are kept in the project's `runs/` and
    entered as soon as the database answers.
    What to do: start the server, or correct the address, the user or the password, and type the command again.
    """

    code = "STORE_UNREACHABLE"


class RowsRefused(DataError):
    """A file holds rows that are not candles, so none of it was stored.

    What happened: some rows break the rules of candles; the sentence names the first of them and how many there are,
    `refused` in the document lists each with its line and reason.
    State: nothing of the file was stored.
    What to do: correct the file, or add `--skip-bad-rows` to store the others.
    """

    code = "ROWS_REFUSED"
    refused: tuple[object, ...] = ()


class FileInDoubt(DataError):
    """Nothing says for certain which series a file holds, or two sources say different things.

    What happened: the exchange, the symbol, the market or the bar length of a file is told neither by flags, nor by its
    rows, its name or its folders; or two of these, or two files of one import, contradict each other.
    State: nothing of the file was stored; other files of the same import are not affected.
    What to do: say what is missing with the flag that the sentence names, or correct the name or the folder;
    `--dry-run` shows how each file would be read.
    """

    code = "FILE_IN_DOUBT"


class DataMissing(DataError):
    """Candles that a command needs are not in the store.

    What happened: the series, or the range of it that was asked for, has no candles in the project's store.
    State: nothing was started or changed.
    What to do: fetch them with the command in the sentence, or import a file with `tickwright data import`.
    """

    code = "DATA_MISSING"


class GapUnexplained(DataError):
    """The candles of a run have holes whose reason is not known, and the settings refuse such a run.

    What happened: bars are missing inside the range of the run, and nothing says whether the exchange was down, nobody
    traded, or nobody fetched them.
    State: nothing was started or changed.
    What to do: let `tickwright data fetch` ask the exchange for them, or set `data.on_gap = "mark"` to run and be told.
    """

    code = "GAP_UNEXPLAINED"


class StrategyBroken(UsageError):
    """A strategy's source cannot be loaded.

    What happened: its file is not Python, imports something that is not installed, or fails while it is imported; the
    sentence names the file, the line and the reason.
    State: nothing was run; other strategies are not affected.
    What to do: correct the line it names; `tickwright strategy ls` shows which strategies load and which do not.
    """

    code = "STRATEGY_BROKEN"


class StrategyFailed(UsageError):
    """A strategy's own code failed while it ran.

    What happened: an indicator, a target or a callback raised what the sentence says; it names the file, the line and
    the method.
    State: the run ended and nothing of it was kept.
    What to do: correct that line; `--debug` shows the whole way there, and `tickwright strategy check NAME` tries the
    strategy on made-up candles.
    """

    code = "STRATEGY_FAILED"
