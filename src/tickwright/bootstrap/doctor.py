"""What `doctor` looks at: the machine, the libraries, the project. One function per check, each with its remedy.

Invariants: a check only reads, but for one file that it writes and removes to see whether it can; a check that fails
in a way nobody foresaw is itself a finding and never hides the others.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from tickwright.adapters.exchanges import BUDGET_FILE, SharedRateBudget, user_state_directory
from tickwright.adapters.storage.opening import database_server
from tickwright.adapters.wall_clock import WallClock
from tickwright.bootstrap.compiled_code import compiled_code
from tickwright.bootstrap.database import database_state
from tickwright.bootstrap.project import DatabaseChoice, Project
from tickwright.bootstrap.strategies import all_strategies
from tickwright.domain.errors import TickwrightError
from tickwright.domain.timestamp import SECOND, iso
from tickwright.domain.version import VERSION
from tickwright.settings import load_settings
from tickwright.settings.loading import PROJECT_FILE, check_settings

Status = Literal["ok", "warn", "fail"]

LIBRARIES: Final = ("numpy", "numba", "polars", "pyarrow", "ccxt", "aiohttp", "orjson", "pydantic", "typer", "rich")
IMPORTED: Final = ("numpy", "numba", "polars", "pyarrow")
_GIB: Final = 2**30
_CLOCK_ERROR: Final = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the diagnosis; `remedy` says what to do where it is not ok."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


def diagnose(home: Path, configs: tuple[Path, ...] = ()) -> Iterator[Check]:
    """Every check in the order of the report."""
    checks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("python", _python),
        ("libraries", _libraries),
        ("processor", _processor),
        ("memory", _memory),
        ("compiled code", _compiled_code),
        ("project", lambda: _project(home, configs)),
        ("writable", lambda: _writable(home)),
        ("disk", lambda: _disk(home)),
        ("settings", lambda: _settings(home, configs)),
        ("strategies", lambda: _strategies(home)),
        ("store", lambda: _store(home, configs)),
        ("database", lambda: _database(home, configs)),
        ("exchanges", _exchanges),
        ("loopback", _loopback),
        ("clock", _clock),
    )
    for name, check in checks:
        try:
            yield check()
        except TickwrightError as error:
            yield Check(name, "fail", str(error), f"`tickwright explain {error.code}` tells more.")
        except Exception as error:  # the one place where a defect must not hide the rest of the diagnosis
            yield Check(name, "fail", f"{type(error).__name__}: {error}", "Report this together with the whole output.")


def _python() -> Check:
    detail = f"tickwright {VERSION} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("python", "fail", detail, "Use Python 3.11, 3.12 or 3.13.")
    return Check("python", "ok", detail)


def _libraries() -> Check:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("libraries", "fail", f"not installed: {', '.join(missing)}", "Install tickwright again.")
    for name in IMPORTED:
        try:
            import_module(name)
        except ImportError as error:
            return Check("libraries", "fail", f"{name} cannot be loaded: {error}", f"Install {name} again.")
    return Check("libraries", "ok", ", ".join(found))


def _processor() -> Check:
    import_module("llvmlite.binding").initialize_native_target()
    features = import_module("llvmlite.binding").get_host_cpu_features()
    vector = next((name for name in ("avx512f", "avx2", "neon", "sse4.2") if features.get(name)), "no vector unit")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Check("processor", "ok", f"{cores} {'core' if cores == 1 else 'cores'}, {vector}")


def _memory() -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    detail = f"{total / _GIB:.1f} GiB"
    if total < 2 * _GIB:
        return Check("memory", "warn", detail, "Large sweeps need more: run smaller grids or shorter ranges.")
    return Check("memory", "ok", detail)


def _compiled_code() -> Check:
    found = compiled_code()
    if found.folder is None:
        return Check(
            "compiled code", "warn", "nowhere to keep it, so every start compiles anew",
            "Set NUMBA_CACHE_DIR to a directory that can be written to.",
        )  # fmt: skip
    state = f"{found.functions} compiled functions" if found.functions else "empty; the first run compiles once"
    return Check("compiled code", "ok", f"{state} in {found.folder}")


def _project(home: Path, configs: tuple[Path, ...]) -> Check:
    if configs:
        return Check("project", "ok", f"{home}, settings from {', '.join(map(str, configs))}")
    if not (home / PROJECT_FILE).is_file():
        return Check("project", "warn", f"no {PROJECT_FILE} in {home}", "`tickwright init` makes a project here.")
    return Check("project", "ok", str(home))


def _writable(home: Path) -> Check:
    place = _existing(home)
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".tickwright-"):
            pass
    except OSError as error:
        reason = (error.strerror or "no").lower()
        return Check("writable", "fail", f"{place}: {reason}", "Choose another directory with --home.")
    return Check("writable", "ok", str(place))


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(_existing(home)).free
    detail = f"{free / _GIB:.1f} GiB free"
    if free < _GIB // 5:
        return Check("disk", "fail", detail, "Make room: writes will soon be refused.")
    if free < 2 * _GIB:
        return Check("disk", "warn", detail, "A year of 1m candles takes some 20 MB per symbol; runs take more.")
    return Check("disk", "ok", detail)


def _settings(home: Path, configs: tuple[Path, ...]) -> Check:
    problems = check_settings(home, configs=configs)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Check("settings", "fail", f"{problems[0]}{more}", "`tickwright config check` lists them all.")
    return Check("settings", "ok", "they fit")


def _strategies(home: Path) -> Check:
    found = all_strategies(home)
    detail = f"{len(found.registry)} found"
    if found.broken:
        return Check(
            "strategies", "warn", f"{detail}; not loaded: {found.broken[0]}",
            "`tickwright strategy ls` lists every file that does not load.",
        )  # fmt: skip
    return Check("strategies", "ok", detail)


def _store(home: Path, configs: tuple[Path, ...]) -> Check:
    try:
        settings = load_settings(home, configs=configs).values
    except TickwrightError:
        return Check("store", "warn", "not looked at while the settings do not fit", "Correct the settings first.")
    url, archive = settings.store.url, settings.retention.archive
    project = Project(home, store_url=url, archive_url=archive)
    if url is None and archive is None and not project.data_directory.exists():
        return Check("store", "ok", "empty; `tickwright data fetch` fills it")
    keys = project.history.keys()
    rows = sum(project.history.coverage(key).rows for key in keys)
    archived = rows - sum(project.store.coverage(key).rows for key in keys)
    apart = f", of which {archived:,} archived" if archive is not None else ""
    held = f"{len(keys)} series, {rows:,} rows{apart}; `tickwright data verify` compares every hash"
    server = database_server(project.store)
    if server is None:
        return Check("store", "ok", held)
    status: Status = "warn" if server.risks else "ok"
    return Check("store", status, f"{server.sentence()}; {held}", "; ".join(server.risks))


def _database(home: Path, configs: tuple[Path, ...]) -> Check:
    try:
        choice = DatabaseChoice.of(load_settings(home, configs=configs).values)
    except TickwrightError:
        return Check("database", "warn", "not looked at while the settings do not fit", "Correct the settings first.")
    address = choice.address(home)
    if isinstance(address, Path) and not address.exists():
        return Check("database", "ok", "none yet; the first run makes it")
    return Check("database", *database_state(home, choice))


def _exchanges() -> Check:
    file = user_state_directory() / BUDGET_FILE
    if not file.exists():
        return Check("exchanges", "ok", "none has been asked from this machine")
    budget = SharedRateBudget(file, WallClock())
    try:
        states = budget.states()
    finally:
        budget.close()
    closed = [state for state in states if state.blocked_until_ns]
    if closed:
        until = ", ".join(f"{state.venue} before {iso(state.blocked_until_ns // SECOND * SECOND)}" for state in closed)
        return Check("exchanges", "warn", f"nobody may call {until}", "Wait; look for other programs that call them.")
    spent = ", ".join(f"{state.venue} {state.used} of {state.allowed}" for state in states)
    return Check("exchanges", "ok", f"request weight of the last minute: {spent}" if spent else "not asked just now")


def _loopback() -> Check:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(("127.0.0.1", 0))
        except OSError as error:
            reason = (error.strerror or "no").lower()
            return Check("loopback", "fail", f"no port on 127.0.0.1: {reason}", "The sandbox exchange needs one.")
    return Check("loopback", "ok", "ports on 127.0.0.1 can be opened")


def _clock() -> Check:
    """Whether the system says its clock is synchronised; only Linux can be asked without rights."""
    if sys.platform != "linux":
        return Check("clock", "ok", "not asked on this system")
    answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # all zero: a question, nothing is set
    if answer == _CLOCK_ERROR:
        return Check("clock", "warn", "not synchronised", "Turn on NTP; signed exchange requests need it.")
    return Check("clock", "ok", "synchronised" if answer >= 0 else "the system does not say whether it is synchronised")


def _existing(path: Path) -> Path:
    """The path, or the nearest directory above it that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
