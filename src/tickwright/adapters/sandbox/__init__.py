"""The exchange that ships with the platform: a real HTTP server on loopback that replays real history.

`history` the bundled candles and trading rules; `clock` the exchange's own time; `market` what is known of a symbol at
that time; `tape` its trades; `weights` request weights, 429 and bans; `faults` what goes wrong on purpose; `dialects`
the wire languages of the exchanges it can pose as; `server` the server itself; `process` the server as a process of its
own.
"""
