"""Candle files that people have: reading them without guessing, writing them without losing a digit.

`candle_file` a file as a series of candles, or the sentence why not; `text_table` CSV (plain, gzipped, zipped),
Parquet, Feather and JSON rows as columns of text; `readings` which columns make candles; `decimal_text` a column of
text as exact integers; `time_text` a column of text as instants; `export` a series as a file.
"""
