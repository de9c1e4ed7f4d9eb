"""The steps, oldest first: `0001_first_tables` runs, trials, jobs, instruments, orders, fills."""
