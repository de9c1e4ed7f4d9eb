"""The words of the platform: values every floor shares, with no I/O and no dependency but NumPy.

`errors` the failures and what each does to a run; `timestamp` UTC nanoseconds; `timeframe` bar lengths; `money` scaled
integers; `instrument` what is traded and under which dated rules; `bars` a series of candles in exact integers; `gaps`
the typed holes of a series; `records` the layouts of orders, fills and events that the kernel, the engine and every
mode share; `run` what one run leaves; `digest` the two fingerprints printed with every result; `version` the product's own.
"""
