"""`tickwright sandbox`: serve the exchange that ships with the platform."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from tickwright.cli.frame import Frame, command, command_app
from tickwright.cli.output import Answer

app = command_app()


@command(app)
def sandbox(
    frame: Frame,
    port: Annotated[int, Option("--port", min=0, max=65535, help="Port on loopback; 0 takes a free one.")] = 0,
    now: Annotated[
        str | None, Option("--now", help="Where its clock starts, UTC; the history's end where unset.")
    ] = None,
) -> Answer:
    """Serve the practice exchange on loopback until it is stopped."""
    from tickwright.adapters.sandbox.process import SandboxOptions
    from tickwright.adapters.sandbox.server import SandboxServer, banner, serve

    def announce(server: SandboxServer) -> None:
        frame.note(banner(server))
        fetch = "tickwright data fetch --exchange binance --symbol BTC/USDT --start 2024-01-01 --end 2024-12-31"
        frame.note(f"{fetch} --url {server.url}")

    server = SandboxOptions(port=port, now=now).server()
    serve(server, announce)
    document = {"url": server.url, "requests": len(server.requests)}
    return Answer("sandbox", document, lambda paper: paper.line(f"Stopped after {len(server.requests):,} requests."))
