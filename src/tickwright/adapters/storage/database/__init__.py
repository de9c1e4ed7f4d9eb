"""The relational store: runs, trials, jobs, instruments, orders and fills, on SQLite or PostgreSQL with one schema.

`models` the tables; `engine` a connection pool for either server, within `pool_options`, watched by `pool_metrics`;
`migrations` how the tables came to be, `schema_steps` going along them; `database` opening, upgrading with a backup
before, checking, going back, and units of work that may be done again; `backup` copies that count only after they were
read back, `contents` what is compared then. `bulk_insert` many rows at once; `run_rows` runs with the orders and fills
of `order_rows`, `trial_log` every trial ever run with its result, `job_rows` the jobs of batches.
"""
