"""Strategies found: the shipped ones, the project's files, installed packages, and what a name or a path means.

Invariants: a file that cannot be loaded never hides the others; its fault is one sentence with its file and line. A
project's own strategy comes before a shipped one of the same name. What a strategy file prints while it is loaded goes
to stderr. A file is loaded anew each time it is asked for, so an edited one counts.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from tickwright.domain.errors import StrategyBroken, TickwrightError, UsageError
from tickwright.domain.spelling import did_you_mean
from tickwright.strategy_api import Strategy
from tickwright.strategy_api.registry import Registered, Registry, strategies_in
from tickwright.strategy_api.strategy import form_of

ENTRY_POINTS = "tickwright.strategies"
FOLDER = "strategies"


@dataclass(frozen=True)
class FoundStrategies:
    """Every strategy a project can name, and the sources that could not be loaded."""

    registry: Registry
    broken: list[TickwrightError] = field(default_factory=list)


def find_strategy(home: Path, name: str) -> type[Strategy]:
    """The class that a name, `module:Class`, a file or `file:Class` means; raises `UsageError` or `StrategyBroken`."""
    return find_registered(home, name).strategy


def find_registered(home: Path, name: str) -> Registered:
    """The same with its origin."""
    source, colon, wanted = name.rpartition(":")
    if colon and not source.endswith(".py"):
        return _from_module(home, source, wanted)
    if name.endswith(".py") or colon:
        return _from_file(home, source or name, wanted if colon else "")
    found = all_strategies(home)
    if name in found.registry:
        return found.registry.find(name)
    raise _not_found(home, name, found)


def all_strategies(home: Path) -> FoundStrategies:
    """Everything a project can name without a path, and what could not be loaded."""
    found = FoundStrategies(Registry())
    for strategy in _shipped():
        found.registry.add(strategy)
    for path in sorted((home / FOLDER).glob("*.py")):
        if not path.name.startswith("_"):
            _add_file(found, home, path)
    for entry_point in entry_points(group=ENTRY_POINTS):
        _add_entry_point(found, entry_point)
    return found


def load_file(path: Path, *, shown_as: str) -> list[type[Strategy]]:
    """The strategy classes written in a file; raises `StrategyBroken` with the line at fault."""
    path = path.resolve()
    digest = hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()
    name = f"tickwright_project_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise StrategyBroken("this is not a Python file", where=shown_as, expected="a file NAME.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # last, so that a neighbour never replaces a library
    try:
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _broken(error, path, shown_as) from error
    return strategies_in(module)


def _shipped() -> list[type[Strategy]]:
    package = importlib.import_module("tickwright.strategies")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [s for name in names for s in strategies_in(importlib.import_module(f"{package.__name__}.{name}"))]


def _add_file(found: FoundStrategies, home: Path, path: Path) -> None:
    shown = _shown(home, path)
    try:
        for strategy in load_file(path, shown_as=shown):
            found.registry.add(strategy, origin=shown)
    except StrategyBroken as error:
        found.broken.append(error)
    except UsageError as error:
        found.broken.append(StrategyBroken(error.message, where=shown, expected=error.expected))


def _add_entry_point(found: FoundStrategies, entry_point: EntryPoint) -> None:
    where = f"entry point {entry_point.name}"
    try:
        strategy = entry_point.load()
        if not (isinstance(strategy, type) and issubclass(strategy, Strategy)):
            raise StrategyBroken(f"{entry_point.value} is not a strategy class", where=where)
        found.registry.add(strategy, origin=where, name=entry_point.name)
    except TickwrightError as error:
        found.broken.append(error)
    except Exception as error:  # somebody else's package: whatever it raises is its fault, not the user's
        found.broken.append(StrategyBroken(_reason(error), where=where))


def _from_module(home: Path, module_name: str, wanted: str) -> Registered:
    if str(home) not in sys.path:
        sys.path.append(str(home))
    try:
        with redirect_stdout(sys.stderr):
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module {module_name!r}", where="strategy", expected="module:Class or FILE.py:Class"
            ) from None
        raise StrategyBroken(_reason(error), where=module_name) from error
    except Exception as error:
        raise StrategyBroken(_reason(error), where=module_name) from error
    return _one_of(_classes_of(module), wanted, origin=f"{module_name}:{wanted}", shown=module_name)


def _classes_of(module: ModuleType) -> list[type[Strategy]]:
    """The strategies a module offers, also those it only re-exports."""
    return [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Strategy) and v is not Strategy]


def _from_file(home: Path, text: str, wanted: str) -> Registered:
    given = Path(text).expanduser()
    path = next((place for place in (given, home / given, home / FOLDER / given) if place.is_file()), None)
    if path is None:
        raise UsageError(f"there is no file {text!r}", where="strategy", expected="the path of a strategy file")
    shown = _shown(home, path)
    return _one_of(load_file(path, shown_as=shown), wanted, origin=shown, shown=shown)


def _one_of(classes: list[type[Strategy]], wanted: str, *, origin: str, shown: str) -> Registered:
    named = {strategy.__name__: strategy for strategy in classes}
    if not named:
        raise UsageError(
            "there is no strategy in it", where=shown, expected="a class that extends tickwright's Strategy"
        )
    if not wanted and len(named) > 1:
        first = next(iter(named))
        raise UsageError(
            f"there are {len(named)} strategies in it: {', '.join(named)}",
            where=shown,
            expected="one of them by name",
            hint=f"Write {shown}:{first}.",
        )
    if wanted and wanted not in named:
        raise UsageError(f"there is no strategy {wanted!r} in it", where=shown, hint=did_you_mean(wanted, named))
    strategy = named[wanted] if wanted else next(iter(named.values()))
    form_of(strategy)
    return Registered(strategy.__name__, strategy, origin)


def _not_found(home: Path, name: str, found: FoundStrategies) -> TickwrightError:
    """The nearest strategy; or the fault of the file that was probably meant."""
    for error in found.broken:
        if Path(error.where.partition(",")[0]).stem.replace("_", "").lower() == name.replace("_", "").lower():
            return error
    unread = f" Not loaded: {'; '.join(error.where for error in found.broken)}." if found.broken else ""
    hint = did_you_mean(name, (entry.name for entry in found.registry)) + unread
    return UsageError(f"there is no strategy {name!r}", where="strategy", hint=hint)


def _broken(error: BaseException, path: Path, shown: str) -> StrategyBroken:
    cause = error.__cause__ if isinstance(error, RuntimeError) and error.__cause__ is not None else error
    if isinstance(cause, SyntaxError) and cause.filename == str(path):
        return StrategyBroken(f"this is not Python: {cause.msg}", where=f"{shown}, line {cause.lineno}")
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return StrategyBroken(_reason(cause), where=f"{shown}, line {lines[-1]}" if lines else shown)


def _reason(error: BaseException) -> str:
    if isinstance(error, TickwrightError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return f"it imports {error.name}, which is not installed"
    if isinstance(error, SystemExit):
        return "it ends the process while it is imported"
    return f"it fails while it is imported: {type(error).__name__}: {error}".rstrip(": ")


def _shown(home: Path, path: Path) -> str:
    resolved, root = path.resolve(), home.resolve()
    return str(resolved.relative_to(root)) if resolved.is_relative_to(root) else str(path)
