"""The program that `test_import_killed` holds: a folder of files is imported into a project.

python import_runner.py FOLDER HOME [forget]     said aloud when it is done; or a mutant of it, that marks a file done
                                                 before it is stored and passes it over the next time
"""

from __future__ import annotations

import sys
from pathlib import Path

from tickwright.adapters.storage.files.identification import Wish
from tickwright.bootstrap.import_tree import import_tree
from tickwright.bootstrap.project import Project


def run(folder: Path, home: Path) -> None:
    import_tree(Project(home), folder, Wish())


def forget(folder: Path, home: Path) -> None:
    """The mutant."""
    for file in sorted(folder.glob("*/*.csv")):
        mark = home / f"{file.parent.name}-{file.name}.done"
        if not mark.exists():
            home.mkdir(exist_ok=True)
            mark.write_text("done")
            import_tree(Project(home), file, Wish())


def main(folder: str, home: str, what: str = "run") -> None:
    {"run": run, "forget": forget}[what](Path(folder), Path(home))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
