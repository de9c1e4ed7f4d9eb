"""`tickwright batch`: run the jobs of a schedule, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer, Paper
from tickwright.cli.registry import COMMANDS
from tickwright.domain.errors import UsageError

if TYPE_CHECKING:
    from tickwright.bootstrap.batch import JobOutcome
    from tickwright.bootstrap.project import Project

app = command_app()


@command(app)
def batch(
    frame: Frame,
    schedule: Annotated[
        str | None, Argument(help="A schedule of the settings, or a file with one command a line.")
    ] = None,
    plan: Annotated[bool, Option("--plan", help="Show the jobs and run none.")] = False,
    jobs: Annotated[int | None, Option("--jobs", min=1, help="Show how the last jobs ended, and run none.")] = None,
) -> Answer:
    """Run the jobs of a schedule one after the other, or show how the last ones ended."""
    from tickwright.bootstrap.batch import batch_document, exit_code_of, plan_batch, run_batch, shown_command
    from tickwright.bootstrap.project import Project

    settings = frame.settings()
    project = Project.of(frame.home, settings)
    if jobs is not None:
        return _last(project, jobs)
    if schedule is None:
        expected = "a schedule of the settings, or a file with one command a line"
        raise UsageError("no schedule was named", where="batch", expected=expected)
    planned = plan_batch(settings, schedule, [entry.name for entry in COMMANDS])
    if plan:
        lines = [f"tickwright {shown_command(words)}" for words in planned.commands]
        return Answer("batch", {"batch": planned.name, "planned": lines}, lambda paper: paper.line("\n".join(lines)))

    def tell(outcome: JobOutcome) -> None:
        frame.show(lambda paper: _line(paper, outcome))

    outcomes = run_batch(project, planned, frame.common_words(), done=tell)
    document = batch_document(planned, outcomes)

    def text(paper: Paper) -> None:
        skipped = f", {document['skipped']} skipped" if document["skipped"] else ""
        paper.line(f"{planned.name}: {document['done']} done, {document['failed']} failed{skipped}")

    return Answer("batch", document, text, exit_code=exit_code_of(outcomes))


def _line(paper: Paper, outcome: JobOutcome) -> None:
    again = f", attempt {outcome.attempts}" if outcome.attempts > 1 else ""
    paper.line(f"{outcome.status:<8} {outcome.seconds:>8.1f} s  {outcome.command}{again}")
    if outcome.error:
        paper.line(f"{'':>20} {outcome.error}")


def _last(project: Project, most: int) -> Answer:
    from tickwright.bootstrap.batch import newest_jobs

    rows = newest_jobs(project, most)

    def text(paper: Paper) -> None:
        if not rows:
            paper.line("No job was run here.")
            return
        columns = ("batch", "command", "status", "started", "finished", "error")
        paper.table(columns, [[row[name] for name in columns] for row in rows])

    return Answer("batch", {"jobs": rows}, text)
