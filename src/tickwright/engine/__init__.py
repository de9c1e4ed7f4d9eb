"""The engine: the client half and the simulated market behind Python doors, over the kernel's memory.

`rows` a market as the kernel reads it, `perpetual_rows` marks and funding beside it; `chunks` a few rows at a time, and
`compact` decisions for them; `float_panel` the prices a strategy over all symbols reads; `memory` the arrays of one
run, `terms` its costs, rules and limits in the kernel's units; `decisions` what a strategy wants, `alone` the same of
one spot instrument, as the kernel reads it, `sweeping` many trials; `wakes` who decides, `desk` how, `occasions` what
strategies are told beside bars; `tape` market events as rows, `engine` the client half, event by event,
`simulated_venue` the venue half; `start` and `result` what a run begins with and leaves.
"""
