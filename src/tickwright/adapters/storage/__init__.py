"""Where everything is kept: candles, instruments, runs and trials.

`opening` which store a location means; `lake` the Parquet lake; `postgres` the same in a database; `acceptance` which
rows a store takes and `gap_typing` why bars are missing, for all stores; `backup` snapshots of a lake and the drill
that proves them; `files` candle files that people bring and take away; `database` runs, trials, jobs, orders and
fills; `catalogue` dated facts about instruments; `durable_file` writing a file wholly or not at all; `run_folder` and
`run_tables` what a run leaves behind; `trial_log` every trial ever run on a range of data.
"""
