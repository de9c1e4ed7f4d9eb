"""The relational store: runs, trials, jobs, instruments, orders and fills, on SQLite or PostgreSQL with one schema.

`models` the tables; `engine` a connection pool for either server; `migrations` how the tables came to be, step by step;
`database` opening, upgrading with a backup before, checking, and going back; `backup` copies that count only after they
were read back.
"""
