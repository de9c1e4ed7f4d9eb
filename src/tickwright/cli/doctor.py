"""`tickwright doctor`: look at the machine and the project."""

from __future__ import annotations

from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper

app = command_app()


@command(app)
def doctor(frame: Frame) -> Answer:
    """Look at this machine, the libraries and the project, and say what to do."""
    from tickwright.bootstrap.doctor import diagnose

    checks = list(diagnose(frame.home, frame.configs))
    failed = [check for check in checks if check.status == "fail"]
    warned = [check for check in checks if check.status == "warn"]
    document = {"ok": not failed, "failed": len(failed), "warned": len(warned), "checks": checks}

    def text(paper: Paper) -> None:
        width = max(len(check.name) for check in checks)
        for check in checks:
            paper.line(f"{check.status:<4}  {check.name:<{width}}  {check.detail}")
            if check.remedy:
                paper.line(f"{'':{width + 8}}{check.remedy}")
        paper.line()
        paper.line(f"{len(checks) - len(failed) - len(warned)} ok, {len(warned)} to look at, {len(failed)} failed.")

    return Answer("doctor", document, text, exit_code=1 if failed else 0)
