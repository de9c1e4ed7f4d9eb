"""Turns settings into objects and plugs a mode together; whoever builds the objects here decides the mode.

`project` a directory and its stores, `new_project` and `new_strategy` what is written into it from `templates`,
`doctor` whether it and this machine are well; `strategies` finds strategy classes, `strategy_failure` says where one
failed. `fetch_wishes` what a fetch is asked for, `fetch` market data from exchanges into the store, `repair` what is
missing there, `instruments` what is known of instruments, `files` a file in and out, `import_tree` a folder of them,
`built_candles` candles made of stored trades, `stored_data` what is held, `backup` copies of it, `database` the
relational store, `retention` the way of old rows into an archive and back, or into another store, `archive_record`
which series are there. `request` flags, settings and store as a complete request, `market_loading` stored series as a
run's market, `backtest` and `sweep` run it, `compiled_code` whether it must be compiled first; `run` the result in its
user's hands, `trade_frame` its trades, `kept_runs` runs read back, `compare` several side by side. `batch` runs the
commands of a schedule. `notebook` is the Python face, `demo` the platform's main job from end to end.
"""
