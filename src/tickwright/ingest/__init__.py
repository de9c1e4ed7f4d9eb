"""From an exchange into a store, through ports only.

`planner` which pages to ask for; `integrity` what a page must fulfil before a row of it is kept; `fetch` the loop that
asks for candles, checks and stores them, and resumes where it was interrupted; `fetch_events` the same for trades and
funding rates; `former_names` a renamed instrument's whole history; `gap_map` why bars are missing; `consistency`
whether a finer and a coarser series agree; `outliers` rows that keep every rule and are doubtful all the same;
`quality` how far a series can be trusted, as one number; `candles_from_trades` candles that an exchange no longer
serves, made of its trades, and `build_candles` candles made of stored ones; `repair` asking again for what is missing;
`second_venue` holes filled from another exchange, beside the series; `retention` old rows into an archive and back;
`archive_view` a store and its archive as one; `copying` a series from one store into another; `any_series` candles or
events through one call.
"""
