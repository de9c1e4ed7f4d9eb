"""The words of the platform: values every floor shares, with no I/O and no dependency but NumPy.

`errors` the failures and what each does to a run; `timestamp` UTC nanoseconds; `timeframe` bar lengths; `money` scaled
integers; `instrument` what is traded and under which dated rules; `bars` a series of candles in exact integers; `gaps`
the typed holes of a series; `records` the layouts of orders, fills and events that the kernel, the engine and every
mode share; `order_ends` the names of refusals and ends; `costs` what trading costs; `market` what a mode is given;
`trades` public trades; `events` a series of trades, quotes, funding rates or books; `row_layout` what the rows of each
kind consist of; `candle_rules` and `event_rules` what a row must fulfil; `run` what one run leaves; `digest` the two
fingerprints printed with every result; `spelling` what was probably meant; `explanations` the pages behind the codes;
`compilation` where compiled code is kept; `version` the product's own.
"""
