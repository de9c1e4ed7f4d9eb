"""Try each mutation on a copy of its source, in a process of its own; print one JSON line per mutation.

Run with the engine uncompiled (`NUMBA_DISABLE_JIT=1`), so that a copy needs no compiler. The files are never touched:
the copy lives in the importer of the child process. Arguments: which share of the mutations, out of how many.
"""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
import warnings
from pathlib import Path

from tests.mutants.mutations import MUTATIONS, Mutation

SOURCES = Path(__file__).resolve().parents[2] / "src" / "tickwright"
ENGINE = ("tickwright.kernel", "tickwright.engine", "tickwright.modes")


class MutatedSource(importlib.machinery.SourceFileLoader):
    """Reads one file with its error in it and every other file as it is; caches nothing."""

    mutation: Mutation | None = None

    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        """Compile the text that is to be believed."""
        source, path = Path(self.path).read_text("utf-8"), Path(self.path)
        mutation = self.mutation
        if mutation is not None and path == SOURCES / mutation.room / f"{mutation.file}.py":
            assert source.count(mutation.before) == 1, f"{mutation.title}: its place in {mutation.file} has changed"
            source = source.replace(mutation.before, mutation.after)
        return compile(source, self.path, "exec", dont_inherit=True)


def import_mutated(mutation: Mutation | None) -> None:
    """Forget the engine and import it again with an error in it."""
    MutatedSource.mutation = mutation
    loaders = (MutatedSource, importlib.machinery.SOURCE_SUFFIXES)
    sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook(loaders))
    sys.path_importer_cache.clear()
    for name in [name for name in sys.modules if name.startswith(ENGINE)]:
        del sys.modules[name]
    from tests.engine import test_risk_limits as worked_limits
    from tests.modes import test_detail
    from tests.parity import test_orders, test_risk_limits, test_targets
    from tickwright.modes import event, vector

    test_targets.MODES.update({"vector": (vector, "run"), "event": (event, "run"), "replay": (event, "replay")})
    test_orders.event = test_risk_limits.event = worked_limits.event = event
    test_detail.MODES.update(test_targets.MODES)


def outcome(mutation: Mutation | None, checks: list) -> str:  # type: ignore[type-arg]
    """What happened to a mutation: `caught` with the first failing check, or `survived`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, _verdict(mutation, checks).encode()[:400])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told or "caught: the engine broke"


def _verdict(mutation: Mutation | None, checks: list) -> str:  # type: ignore[type-arg]
    warnings.simplefilter("ignore")
    try:
        import_mutated(mutation)
    except AssertionError as stale:
        return f"stale: {stale}"
    for number, check in enumerate(checks):
        try:
            check()
        except Exception as error:  # whatever the error does to the engine, it was noticed
            return f"caught: check {number} of {len(checks)}, {type(error).__name__}"
    return "survived"


def main(share: int, shares: int) -> None:
    """Judge this share of the mutations, the engine as it is before them."""
    from tests.mutants.proof import checks

    ready = checks()
    for mutation in [None, *MUTATIONS[share::shares]]:
        title = "the engine as it is" if mutation is None else mutation.title
        print(json.dumps({"title": title, "outcome": outcome(mutation, ready)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
