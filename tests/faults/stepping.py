"""A program held at every system call by which it changes a directory: what a kill, and what a power cut, would leave.

`stops` runs a program under ptrace and yields at the entry of each such call, and once more at its end. While it is
held, the directory is exactly what SIGKILL at that call would leave, since nothing of a killed program's memory reaches
the disk: one run shows every place of death. `PowerCut` besides follows what was flushed: `states` lists what the disk
may hold after a cut at this place, by the rules of POSIX: the names of a directory are safe once the directory was
flushed, the bytes of a file once the file was, and of what was not, any part may be there. Tried are: nothing of it,
all names with no bytes, all names with half of the bytes, all bytes with the old names, each one change of a name
alone, and all changes but one.

Known limits: Linux on x86-64 and arm64; calls of other threads are not seen (the stores write from one); writes through
mapped memory are seen only at the next stop.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# name: number on x86-64 (None: no such call), number on arm64, what its arguments name
_CALLS: dict[str, tuple[int | None, int | None, str]] = {
    "write": (1, 64, "descriptor"),
    "pwrite64": (18, 68, "descriptor"),
    "writev": (20, 66, "descriptor"),
    "fsync": (74, 82, "descriptor"),
    "fdatasync": (75, 83, "descriptor"),
    "ftruncate": (77, 46, "descriptor"),
    "fallocate": (285, 47, "descriptor"),
    "open": (2, None, "path0"),
    "openat": (257, 56, "path1"),
    "mkdir": (83, None, "path0"),
    "mkdirat": (258, 34, "path1"),
    "rename": (82, None, "path0"),
    "renameat": (264, 38, "path1"),
    "renameat2": (316, 276, "path1"),
    "unlink": (87, None, "path0"),
    "unlinkat": (263, 35, "path1"),
    "rmdir": (84, None, "path0"),
}
_COLUMN = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
_NAMES = {} if _COLUMN is None else {numbers[_COLUMN]: name for name, numbers in _CALLS.items()}

_TRACEME, _SYSCALL, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
_TRACESYSGOOD, _EXITKILL = 1, 0x100000
_ENTRY, _EXIT = 1, 2


class _Info(ctypes.Structure):
    _fields_ = (
        ("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32), ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64), ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6),
    )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """A call that is about to be made (`done`: that was just made), or the end of the program (no call)."""

    call: str
    path: Path
    said: tuple[str, ...]
    done: bool = False


def can_step() -> bool:
    """Whether this machine lets a program be held: Linux on a known processor, with ptrace allowed."""
    if sys.platform != "linux" or _COLUMN is None:
        return False
    return any(stop.call == "" for stop in stops(["/bin/true"], Path("/nowhere")))


def stops(command: list[str], root: Path, *, after: bool = False) -> Iterator[Stop]:
    """Run a program, held at every call that changes something under `root`; with `after` also behind the call."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        libc.ptrace(_TRACEME, 0, None, None)
        os.dup2(writer, 1)
        os.execv(command[0], command)
    os.close(writer)
    os.set_blocking(reader, False)
    said = b""
    held: Stop | None = None
    try:
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return
        libc.ptrace(_SETOPTIONS, child, None, _TRACESYSGOOD | _EXITKILL)
        while os.WIFSTOPPED(status):
            stopped = os.WSTOPSIG(status)
            said += _heard(reader)
            if stopped == signal.SIGTRAP | 0x80:
                info = _Info()
                libc.ptrace(_GET_SYSCALL_INFO, child, ctypes.sizeof(info), ctypes.byref(info))
                words = tuple(said.decode().split())
                if info.op == _ENTRY and (path := _changes(child, info, root)) is not None:
                    held = Stop(_NAMES[info.number], path, words)
                    yield held
                elif info.op == _EXIT and held is not None:
                    if after and ctypes.c_int64(info.number).value >= 0:  # at an exit this is what the call returned
                        yield Stop(held.call, held.path, words, done=True)
                    held = None
            passed = 0 if stopped in (signal.SIGTRAP, signal.SIGTRAP | 0x80) else stopped
            libc.ptrace(_SYSCALL, child, None, passed)
            _, status = os.waitpid(child, 0)
        said += _heard(reader)
        assert os.WIFEXITED(status), f"the program ended with the status {status}"
        assert os.WEXITSTATUS(status) == 0, f"the program ended with the exit code {os.WEXITSTATUS(status)}"
        child = 0
        yield Stop("", root, tuple(said.decode().split()))
    finally:
        os.close(reader)
        if child:
            _end(child)


def _end(child: int) -> None:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def _heard(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except BlockingIOError:
        return b""


def _changes(child: int, info: _Info, root: Path) -> Path | None:
    """The path under `root` that a call changes, or None."""
    name = _NAMES.get(info.number)
    if name is None:
        return None
    kind = _CALLS[name][2]
    try:
        if kind == "descriptor":
            path = Path(os.readlink(f"/proc/{child}/fd/{info.arguments[0]}"))
        else:
            place = int(kind[-1])
            if name.startswith("open") and not info.arguments[place + 1] & (os.O_CREAT | os.O_TRUNC):
                return None
            path = Path(_text(child, info.arguments[place]))
    except OSError:
        return None
    return path if root in (path, *path.parents) else None


def _text(child: int, address: int) -> str:
    with open(f"/proc/{child}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        content = b""
        while b"\0" not in content and len(content) < 4096:
            content += memory.read(min(256, 4096 - address % 4096) or 1)
            address += 256
    return os.fsdecode(content.partition(b"\0")[0])


@dataclass
class _Node:
    """A file or directory: what it holds now, and what of it is safe."""

    now: bytes = b""
    safe: bytes | None = None
    names: dict[str, _Node] | None = None
    safe_names: dict[str, _Node] = field(default_factory=dict)


Tree = dict[str, bytes | None]
"""A directory as it may be: the bytes of each file by its path, None for a directory."""


class PowerCut:
    """What the disk may hold, followed from stop to stop (those of `stops(…, after=True)`)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._nodes: dict[int, _Node] = {}
        self._top = self._seen(root)
        for node in self._nodes.values():
            node.safe, node.safe_names = node.now, dict(node.names or {})

    def look(self, stop: Stop) -> None:
        """Take in what the directory is now, and what a flush that just ended has made safe."""
        earlier = self._nodes
        self._nodes = {}
        self._top = self._seen(self._root, earlier)
        if stop.done and stop.call in ("fsync", "fdatasync") and stop.path.exists():
            node = self._nodes[stop.path.stat().st_ino]
            node.safe, node.safe_names = node.now, dict(node.names or {})

    def states(self) -> list[Tree]:
        """What the disk may hold if the power went now, each state once."""
        pending = [
            (node, name)
            for node in self._nodes.values()
            if node.names is not None
            for name in sorted(node.names.keys() | node.safe_names.keys())
            if node.names.get(name) is not node.safe_names.get(name)
        ]
        none: set[int] = set()
        everything = set(range(len(pending)))
        chosen = [(none, "safe"), (none, "now"), (everything, "safe"), (everything, "half"), (everything, "now")]
        chosen += [({one}, "safe") for one in everything] + [(everything - {one}, "now") for one in everything]
        found: list[Tree] = []
        for applied, data in chosen:
            changes = {(id(pending[one][0]), pending[one][1]) for one in applied}
            tree: Tree = {}
            self._written(self._top, "", changes, data, tree)
            if tree not in found:
                found.append(tree)
        return found

    def _seen(self, path: Path, earlier: dict[int, _Node] | None = None) -> _Node:
        number = path.lstat().st_ino
        if number in self._nodes:
            return self._nodes[number]
        node = self._nodes[number] = (earlier or {}).get(number) or _Node()
        if path.is_dir():
            node.names = {one.name: self._seen(one, earlier) for one in sorted(path.iterdir())}
        else:
            node.now = path.read_bytes()
        return node

    def _written(self, node: _Node, place: str, changes: set[tuple[int, str]], data: str, tree: Tree) -> None:
        names = node.names or {}
        for name in sorted(names.keys() | node.safe_names.keys()):
            child = (names if (id(node), name) in changes else node.safe_names).get(name)
            if child is None:
                continue
            path = f"{place}{name}"
            if child.names is not None:
                tree[path] = None
                self._written(child, f"{path}/", changes, data, tree)
            else:
                lost = child.safe if child.safe is not None else b""
                torn = child.now[: len(child.now) // 2] if child.now != child.safe else child.now
                tree[path] = {"safe": lost, "now": child.now, "half": torn}[data]


def put_tree(tree: Tree, place: Path) -> Path:
    """Make a directory that is one of the states."""
    place.mkdir(parents=True)
    for name, content in tree.items():
        if content is None:
            (place / name).mkdir()
        else:
            (place / name).write_bytes(content)
    return place
