"""The wire languages the sandbox speaks, one file per exchange.

`dialect` what a wire language has to offer the server; `binance_spot` Binance's spot REST interface and
`binance_linear` that of its perpetuals; `coinbase` Coinbase's.
"""
