"""The engine: one event in, commands out, over the kernel's memory.

`rows` a market as the kernel reads it; `memory` the arrays of one run; `decisions` what a strategy wants, `alone` the
same of one spot instrument, as the kernel reads it; `result` what a run leaves; `engine` one event after the other;
`simulated_venue` the venue half alone.
"""
