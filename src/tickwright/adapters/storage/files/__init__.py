"""Files that people have: reading them without guessing, writing them without losing a digit.

`candle_file` a file as a series of candles, or the sentence why not; `text_table` CSV (plain, gzipped, zipped),
Parquet, Feather, JSON rows and NumPy arrays as columns of text; `row_order` what values without names mean; `readings`
which columns make candles; `naming` what names and folders claim; `identification` which series a file holds; `tree`
the data files of a folder; `decimal_text` a column of text as exact integers; `time_text` a column of text as instants;
`event_file` a file as trades, quotes, funding rates or books and `event_readings` which columns make them;
`tardis_ticker` the funding rates of Tardis' tickers; `series_file` a table as a series of any kind; `export` a series
as a file.
"""
