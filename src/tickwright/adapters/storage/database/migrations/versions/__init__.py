"""The steps, oldest first: `0001_first_tables` runs, trials, jobs, instruments, orders, fills; `0002_runs_and_searches`
what a kept run is listed by, searches, the run of a fill.
"""
