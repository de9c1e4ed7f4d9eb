"""A working order's slot before anything has happened to it."""

from __future__ import annotations

from tickwright.kernel.layout import NONE, Record
from tickwright.machine_code.compilation import rule


@rule
def clear_terms(slot: Record) -> None:
    """Nothing was asked for yet."""
    slot["quantity"], slot["cost"], slot["limit_price"], slot["stop_price"] = 0, 0, 0, 0
    slot["trail"], slot["expire_ns"], slot["oco"], slot["decision"] = 0, 0, 0, 0
    slot["exit_stop_ppb"], slot["exit_target_ppb"] = 0, 0
    slot["exit_trail_ppb"], slot["exit_max_bars"] = 0, 0
    slot["tag"], slot["flags"], slot["time_in_force"], slot["reason"] = NONE, 0, 0, 0


@rule
def clear_progress(slot: Record) -> None:
    """Nothing has happened to an order yet."""
    slot["filled"], slot["spent"], slot["hold"], slot["peak"] = 0, 0, 0, 0
    slot["born_step"], slot["met_step"], slot["clipped_step"] = NONE, NONE, NONE
    slot["crossed_row"], slot["parent"], slot["part"] = NONE, NONE, NONE
    slot["met"], slot["rested"], slot["triggered"], slot["shrunk"], slot["tested"] = 0, 0, 0, 0, 0
