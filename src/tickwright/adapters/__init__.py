"""The only floor that does I/O. Siblings never meet: what one needs of another goes through a port.

`exchanges` what venues offer, through ccxt; `storage` candles, instruments and runs on disk; `sandbox` an exchange of
one's own on loopback, with real candles; `compute` where independent pieces of work run; `reports` pages from results.
"""
