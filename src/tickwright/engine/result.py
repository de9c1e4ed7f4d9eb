"""What a run leaves: the memory's logs, cut to what happened, with warnings in words."""

from __future__ import annotations

from tickwright.domain.bars import Float64Array
from tickwright.domain.run import RunResult
from tickwright.engine.memory import Memory
from tickwright.kernel.layout import WARNED_CAP_OFF


def result_of(
    memory: Memory,
    *,
    tags: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    plots: dict[str, Float64Array] | None = None,
) -> RunResult:
    """The result of a finished run."""
    rows, market, client = memory.rows, memory.rows.market, memory.client
    arrays = memory.arrays
    return RunResult(
        instruments=market.ids,
        price_scales=market.price_scales,
        quantity_scales=market.quantity_scales,
        assets=market.assets,
        asset_scales=market.asset_scales,
        cash_asset=0,
        initial_cash=memory.initial_cash,
        bars=int((rows.decision_presence != 0).sum()),
        orders=arrays["orders"][: client.order_count].copy(),
        fills=arrays["fills"][: client.fill_count].copy(),
        account_events=arrays["account_events"][: client.account_event_count].copy(),
        equity_ts_ns=rows.decision_ns,
        equity=arrays["equity"],
        exposure=arrays["exposure"],
        cash=arrays["cash_curve"],
        last_price=arrays["positions"]["last_price"].copy(),
        position=arrays["positions"]["quantity"].copy(),
        tags=tags,
        warnings=(*warnings, *_warnings(memory)),
        ambiguous_trades=memory.venue.ambiguous,
        plots=plots or {},
        lots=tuple(int(lot) for lot in arrays["positions"]["lot"]),
    )


def _warnings(memory: Memory) -> list[str]:
    client, found = memory.client, []
    if memory.venue.warned & WARNED_CAP_OFF:
        found.append("An order met an open before any bar had closed: the volume cap was off for it.")
    if memory.context[0]["statistics"]:
        found.extend(
            f"{identity} has no volume: volume cap and impact are off for it."
            for identity, has_volume in zip(memory.rows.market.ids, memory.rows.has_volume, strict=True)
            if not has_volume
        )
    for count, what in (
        (client.targets_refused, "orders for targets were refused"),
        (client.targets_shrunk, "orders for targets were shrunk to the free cash"),
        (client.targets_unfilled, "orders for targets ended before they were filled"),
    ):
        if count:
            found.append(f"{count} {what}.")
    return found
