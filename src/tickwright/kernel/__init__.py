"""The compiled market and account: plain rules over records, driven by a few entries that take one address.

`layout` the records and `reach` how a rule comes by them; `arithmetic` exact products; `switchboard` rules called by
address.
What trading costs: `prices` spread, slippage, impact, fees; `statistics` volume and volatility of the trailing window;
`levels` the price axis; `marks` the mark.
The venue half: `commands` acceptance, `travel` their way there, `slots` and `orders` working orders, `clipping` how
much may trade, `taking` market orders, `limits` and `triggers` the others, `fills` one fill, `settlement` what it
brings about, `open_step` and `range_step` the two events of a bar.
Perpetuals: `contracts` a position's books, `safety` and `liquidation`, `insurance`, `funding`, `account_events`.
The client half: `client` reports applied, `open_orders`, `decisions` targets to orders, `protection` exits,
`risk_limits` our own limits.
What drives them: `advance` the loop, row by row; `halves` the same with each half in a memory of its own; `jumping` the
same for one instrument, from event to event, over `quiet` rows and `plain` fills; `panel` the same for several, whose
rows `tiles` lays side by side and `marking` values; `curve` and `drawing` what equity did; `floats` the prices of
several as a strategy reads them.
"""
