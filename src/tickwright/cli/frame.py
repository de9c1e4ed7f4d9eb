"""The application around the commands: lazy loading, common options, help.

Invariants: a command's module is imported only when the command is called, completed or asked for its own help, so the
help page of `tickwright` costs no more than Typer itself; every command takes the common options, before or after its
own words; a command returns an `Answer` and prints nothing.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

import typer
from typer.core import TyperCommand, TyperGroup

from tickwright.cli.output import Answer, Paper, note
from tickwright.cli.progress import ProgressBar
from tickwright.cli.registry import COMMANDS, FOREIGN_WORDS, GROUP_SYNONYMS, LIVE_WORDS, CommandEntry
from tickwright.domain.errors import UsageError

if TYPE_CHECKING:
    from tickwright.settings import Settings

PROJECT_FILE: Final = "tickwright.toml"
_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every command is given: the project, the settings files, and how to answer.

    `home` is the project directory: `--home`, else the nearest directory upwards with a tickwright.toml, else the
    working directory. It need not exist yet. `chosen_home` is `--home` alone, None where it was not given.
    """

    home: Path
    chosen_home: Path | None = None
    configs: tuple[Path, ...] = ()
    profile: str | None = None
    json: bool = False
    debug: bool = False

    def settings(self, overrides: Mapping[str, object] | None = None) -> Settings:
        """The settings of the project; `overrides` are given flags by dotted key, None where a flag was not given."""
        from tickwright.settings import load_settings

        given = {key: value for key, value in (overrides or {}).items() if value is not None}
        return load_settings(self.home, configs=self.configs, profile=self.profile, overrides=given).values

    def progress(self, label: str, total: float | None = None) -> ProgressBar:
        """A progress bar on stderr, shown on a terminal only; use it in a `with` block."""
        return ProgressBar(label, total)

    def common_words(self) -> list[str]:
        """The common options of this command line as words, for a command that is run the same way."""
        files = [word for path in self.configs for word in ("--config", str(path.absolute()))]
        profile = [] if self.profile is None else ["--profile", self.profile]
        return ["--home", str(self.home), *files, *profile]

    def confirmed(self, question: str) -> bool:
        """Whether a person at the terminal says yes; no where nobody can be asked."""
        if self.json or not sys.stdin.isatty():
            return False
        return typer.confirm(question, default=False, err=True)

    def note(self, text: str) -> None:
        """Tell something on the side, on stderr."""
        note(text)

    def show(self, text: Callable[[Paper], None]) -> None:
        """Show a part of a long command's answer as soon as it is known; nothing with `--json`."""
        if not self.json:
            text(Paper(sys.stdout))
            sys.stdout.flush()


class CommandFunction(Protocol):
    """A command: a `Frame` first, then its own Typer parameters; returns what it has to say."""

    __name__: str

    def __call__(self, frame: Frame, /, *args: Any, **kwargs: Any) -> Answer:
        """Do the work and return the answer."""
        ...


def command_app() -> typer.Typer:
    """The application object of a module with one command; decorate its function with `command(app)`."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=dict(_CONTEXT))


def group_app(summary: str) -> typer.Typer:
    """The application object of a module with a group of commands."""
    app = typer.Typer(
        cls=CommandGroup,
        help=summary,
        add_completion=False,
        rich_markup_mode=None,
        invoke_without_command=True,
        subcommand_metavar="COMMAND …",
        context_settings=dict(_CONTEXT),
    )
    app.callback()(_with_common_options(_show_help_without_command))
    return app


def command(app: typer.Typer, name: str | None = None) -> Callable[[CommandFunction], CommandFunction]:
    """Make a function a command of an application; the function itself stays as it is."""

    def register(function: CommandFunction) -> CommandFunction:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

        def call(frame: Frame, context: typer.Context, /, **given: Any) -> Answer:
            return function(frame, **given)

        call.__doc__ = inspect.getdoc(function)
        call.__name__ = function.__name__
        app.command(name or function.__name__.rstrip("_"), cls=FramedCommand, context_settings=dict(_CONTEXT))(
            _with_common_options(call, own)
        )
        return function

    return register


def application() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        cls=RootGroup,
        help="Tickwright: fetch market data, keep it honestly, research on it, trade it, watch it.",
        epilog="tickwright COMMAND --help tells more about one command; `tickwright explain CODE` about an error.",
        add_completion=True,
        rich_markup_mode=None,
        invoke_without_command=True,
        subcommand_metavar="COMMAND …",
        context_settings=dict(_CONTEXT),
    )
    app.callback()(_with_common_options(_show_help_without_command))
    return app


class FramedCommand(TyperCommand):
    """A command whose help page lists its own options first and the common ones last, values by their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parameters: list[Any] = list(self.params)
        for parameter in parameters:
            named = parameter.metavar is not None or getattr(parameter, "is_flag", False)
            if not named and not parameter.type_descriptor.is_choice:
                parameter.metavar = parameter.name.rstrip("_").upper()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage line; a required argument stands without the braces Typer puts around it."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, the command's options, the common options."""
        _write_parameters(self, ctx, formatter)


class CommandGroup(TyperGroup):
    """A group of commands that knows the words people try first."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """What there is to type, then the options."""
        self.format_commands(ctx, formatter)
        _write_parameters(self, ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command a word names; raises `UsageError` with the nearest one."""
        word = args[0]
        if self.get_command(ctx, word) is None and not ctx.resilient_parsing and not word.startswith("-"):
            raise self._unknown(ctx, word)
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: Any, word: str) -> UsageError:
        known = self.list_commands(ctx)
        meant = next((ours for ours in GROUP_SYNONYMS.get(word, ()) if ours in known), None)
        nearest = meant or next(iter(get_close_matches(word, known, n=1, cutoff=0.5)), None)
        hint = f"Did you mean `{ctx.command_path} {nearest}`?" if nearest else f"Type `{ctx.command_path} --help`."
        return UsageError(
            f"{word!r} is not a command of {ctx.command_path}",
            where="command line",
            expected=f"one of {', '.join(known)}",
            hint=hint,
        )

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands of the group, each with its whole first sentence."""
        commands: list[tuple[str, Any]] = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_sentence(found.help or "")) for name, found in commands])


class RootGroup(CommandGroup):
    """The commands of the registry, imported when called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, in the order of the help page."""
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command by its name; None where there is none."""
        entry = next((entry for entry in COMMANDS if entry.name == cmd_name), None)
        return None if entry is None else load_command(entry)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of the help page, by section, from the registry alone."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS):
            with formatter.section(section):
                formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS if entry.section == section])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Completion of command names from the registry alone."""
        from typer._click.shell_completion import CompletionItem

        names = [CompletionItem(e.name, help=e.summary) for e in COMMANDS if e.name.startswith(incomplete)]
        return names or super(TyperGroup, self).shell_complete(ctx, incomplete)

    def _unknown(self, ctx: Any, word: str) -> UsageError:
        if word in LIVE_WORDS:
            return UsageError(
                f"{word!r} asks for trading in real time, which this version does not do",
                where="command line",
                hint="`tickwright backtest` runs the same strategy on history.",
            )
        known = self.list_commands(ctx)
        ours = FOREIGN_WORDS.get(word)
        if ours is None or not (ours.startswith("--") or ours.split()[0] in known):
            ours = next(iter(get_close_matches(word, known, n=1, cutoff=0.5)), None)
        return UsageError(
            f"{word!r} is not a command",
            where="command line",
            hint=f"Did you mean `tickwright {ours}`?" if ours else "`tickwright --help` lists the commands.",
        )


def first_sentence(text: str) -> str:
    """The first sentence of a help text.

    >>> first_sentence("List runs. Newest first.")
    'List runs.'
    """
    return " ".join(text.split()).partition(". ")[0].rstrip(".") + "."


def load_command(entry: CommandEntry) -> Any:
    """Import a command's module and return its Typer command or group under its registered name."""
    module = importlib.import_module(f"tickwright.cli.{entry.module}")
    loaded = typer.main.get_command(module.app)
    loaded.name = entry.name
    return loaded


def project_directory(home: Path | None, *, flag: str = "--home") -> Path:
    """The project a command works in, absolute; raises `UsageError` where a file was named."""
    if home is not None:
        directory = home.expanduser().absolute()
        if directory.exists() and not directory.is_dir():
            raise UsageError(f"{str(home)!r} is a file", where=flag, expected="a directory")
        return directory
    here = Path.cwd()
    return next((place for place in (here, *here.parents) if (place / PROJECT_FILE).is_file()), here)


def _write_parameters(shown: Any, ctx: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], "Common options": []}
    for parameter in shown.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            if parameter.param_type_name == "argument":
                sections["Arguments"].append((record[0].split(" <")[0], record[1]))
            else:
                common = parameter.name in _COMMON_OPTIONS or parameter.name == "help"
                sections["Common options" if common else "Options"].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _show_help_without_command(frame: Frame, context: typer.Context, /) -> None:
    if context.invoked_subcommand is not None:
        return
    if frame.json:
        raise UsageError("no command was given", where="command line", hint=f"Type `{context.command_path} --help`.")
    typer.echo(context.get_help())


def _print_version(frame_json: bool) -> None:
    from tickwright.cli.output import print_answer
    from tickwright.domain.version import VERSION

    answer = Answer("version", {"version": VERSION}, lambda paper: paper.line(f"tickwright {VERSION}"))
    print_answer(answer, as_json=frame_json)
    raise typer.Exit()


_HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Project directory; else the nearest one upwards with a tickwright.toml, else here.",
    ),
]
_ConfigOption = Annotated[
    list[Path] | None,
    typer.Option("--config", metavar="FILE", help="Settings file instead of the project's; repeat to layer several."),
]
_ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="Use the settings under [profiles.NAME] as well.")
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on stdout.")]
_DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")]
_VersionOption = Annotated[bool, typer.Option("--version", help="Print the version and end.")]

_COMMON_OPTIONS: Final[dict[str, tuple[Any, Any]]] = {
    "home": (_HomeOption, None),
    "config": (_ConfigOption, None),
    "profile": (_ProfileOption, None),
    "json": (_JsonOption, False),
    "debug": (_DebugOption, False),
    "version": (_VersionOption, False),
}


def _with_common_options(
    function: Callable[..., Any], own: list[inspect.Parameter] | None = None
) -> Callable[..., Any]:
    """A callable Typer can read: the own parameters, then the common ones, which become the `Frame`."""

    def wrapper(context: typer.Context, **given: Any) -> Any:
        frame = _frame_from(context, {name: given.pop(name) for name in _COMMON_OPTIONS})
        return function(frame, context, **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own or []),
        *(
            inspect.Parameter(name, keyword, annotation=annotation, default=default)
            for name, (annotation, default) in _COMMON_OPTIONS.items()
        ),
    ]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    wrapper.__doc__ = function.__doc__ if own is not None else None
    wrapper.__name__ = function.__name__
    return wrapper


def _frame_from(context: typer.Context, given: dict[str, Any]) -> Frame:
    """The frame from the options given here and before the command; those nearest to the command win."""
    collected: dict[str, Any] = context.find_root().ensure_object(dict)
    collected.update({name: value for name, value in given.items() if value})
    if collected.get("version"):
        _print_version(bool(collected.get("json")))
    home = project_directory(collected.get("home"))
    return Frame(
        home=home,
        chosen_home=home if collected.get("home") else None,
        configs=tuple(collected.get("config") or ()),
        profile=collected.get("profile"),
        json=bool(collected.get("json")),
        debug=bool(collected.get("debug")),
    )
