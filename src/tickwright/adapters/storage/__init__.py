"""Where everything is kept: candles, trades and other market data, instruments, runs and trials.

`opening` which store a location means; `lake` the Parquet lake; `postgres` the same in a database; for all stores
`rows` the rows of any kind, `acceptance` which of them a store takes, `upsert` what becomes of them, `soundness` what
they are held to later, and `gap_typing` why some are missing; `backup` snapshots of a lake and the drill that proves
them; `files` candle files that people bring and take away; `database` runs, trials, jobs, orders and fills; `catalogue`
dated facts about instruments and `instrument_documents` how all catalogues write them; `durable_file` writing a file
wholly or not at all; `run_folder` and `run_tables` the files a run leaves behind, `run_store` these and its rows in
step; `search_record` what the trial log is told, `trial_file` the trial log of former versions.
"""
