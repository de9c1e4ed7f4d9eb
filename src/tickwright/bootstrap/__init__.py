"""Turns settings into objects and plugs a mode together; whoever builds the objects here decides the mode.

`project` a directory and its stores; `strategies` finds strategy classes; `market_loading` stored series into a run's
market; `request` flags, settings and store into a complete request; `backtest` and `sweep` run it; `run` the result in
its user's hands, `trade_frame` its trades; `fetch` candles from an exchange into the store; `sandbox` the local
exchange as a process of its own; `demo` the platform's main job from end to end.
"""
