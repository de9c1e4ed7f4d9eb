"""The error boundary: whatever happens inside ends as one sentence, one document and one exit code.

| exit | meaning                        |
|------|--------------------------------|
| 0    | done                           |
| 1    | a check failed, or a refusal   |
| 2    | the command line is wrong      |
| 3    | the settings are wrong         |
| 4    | data is missing or damaged     |
| 5    | an exchange failed             |
| 6    | stopped by a safety rule       |
| 130  | interrupted                    |

Invariant: no traceback without `--debug`. A reader that closes the pipe early (`| head`) is not a failure.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import typer

from tickwright.cli.frame import application
from tickwright.cli.output import Answer, document_text, note, print_answer
from tickwright.domain.errors import Interrupted, SystemRefused, TickwrightError, Unexpected, UsageError


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit code."""
    flags = _flags(arguments)
    _never_fail_on_a_character()
    try:
        answer = _invoke(arguments)
        return _print(answer, as_json="--json" in flags) if isinstance(answer, Answer) else 0
    except BrokenPipeError:
        return _reader_went_away(0)
    except TickwrightError as error:
        return _report(error, flags)
    except KeyboardInterrupt:
        _end_by_exit_code()
        return _report(Interrupted("interrupted", hint="What was finished stays; the command can be repeated."), flags)
    except Exception as error:
        named = _named(error, arguments)
        named.__cause__ = error
        return _report(named, flags)


def _invoke(arguments: list[str]) -> Any:
    root = typer.main.get_command(application())
    try:
        outcome = root.main(args=arguments, prog_name="tickwright", standalone_mode=False)
    except typer.TyperException as error:
        raise _usage_error(error) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    if outcome == Interrupted.exit_code:  # Typer turns KeyboardInterrupt into this code
        raise KeyboardInterrupt
    return outcome


def _print(answer: Answer, *, as_json: bool) -> int:
    try:
        print_answer(answer, as_json=as_json)
    except BrokenPipeError:
        return _reader_went_away(answer.exit_code)
    return answer.exit_code


def _report(error: TickwrightError, flags: set[str]) -> int:
    if "--debug" in flags:
        traceback.print_exception(error)
    try:
        if "--json" in flags:
            sys.stdout.write(document_text("error", {"error": error.document()}) + "\n")
            sys.stdout.flush()
        else:
            note(f"error {error.code}: {error}")
    except BrokenPipeError:
        return _reader_went_away(error.exit_code)
    return error.exit_code


def _usage_error(error: typer.TyperException) -> UsageError:
    """Typer's complaint in our form: which command, what is wrong, the nearest spelling."""
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tickwright"
    near = sorted(getattr(error, "possibilities", None) or ())
    message = str(getattr(error, "message", "") if near else error.format_message())
    hint = f"Did you mean {near[0]}?" if near else f"`{path} --help` shows what it takes."
    hint += _where_parameters_go(error, context)
    message, _, expected = message.partition(": Input should be ")
    return UsageError(_sentence(message), where=path, expected=_expectation(expected), hint=hint)


def _where_parameters_go(error: typer.TyperException, context: Any) -> str:
    """An unknown option of a command that runs strategies may be a parameter of the strategy."""
    command: Any = getattr(context, "command", None)
    option = str(getattr(error, "option_name", "")).lstrip("-")
    taken = {name for parameter in getattr(command, "params", ()) for name in parameter.opts}
    if not option or "--param" not in taken or f"--{option}" in taken:
        return ""
    return f" A parameter of the strategy goes as --param {option}=VALUE."


def _expectation(words: str) -> str:
    """What Typer's validation expects, in the words of the other messages."""
    plain = words.partition(", ")[0].replace("valid ", "").replace("a integer", "a whole number")
    plain = plain.replace("greater than or equal to", "at least").replace("less than or equal to", "at most")
    return plain.rstrip(".")


def _sentence(message: str) -> str:
    text = " ".join(message.split()).rstrip(".")
    return text[:1].lower() + text[1:]


def _named(error: Exception, arguments: list[str]) -> TickwrightError:
    """A failure nobody foresaw, named; what the system refused is told apart because a person can act on it."""
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or type(error).__name__).lower()
        return SystemRefused(reason, where=str(error.filename), hint="Check the path and its permissions.")
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    again = " ".join(["tickwright", *arguments[:2], "…" if len(arguments) > 2 else "", "--debug"]).replace("  ", " ")
    return Unexpected(_sentence(f"something nobody foresaw happened: {detail}"), hint=f"`{again}` shows where.")


def _flags(arguments: list[str]) -> set[str]:
    """`--json` and `--debug` as they stand on the line: they must hold even where the line cannot be parsed."""
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return {word for word in words if word in ("--json", "--debug")}


def _never_fail_on_a_character() -> None:
    """A terminal that cannot show a character shows a substitute; it never costs the answer."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _end_by_exit_code() -> None:
    """End with our own exit code, not by the signal.

    Where Ctrl-C hits while text is being executed (a dataclass is being made, say), the interpreter remembers it and
    kills itself with SIGINT at its end, although it was handled; executing any text makes it forget.
    """
    exec("pass")  # noqa: S102


def _reader_went_away(exit_code: int) -> int:
    """Leave quietly: give stdout a hole to flush into, so the interpreter does not complain at its end."""
    hole = os.open(os.devnull, os.O_WRONLY)
    os.dup2(hole, sys.stdout.fileno())
    os.close(hole)
    return exit_code
