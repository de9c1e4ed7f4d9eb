"""The Parquet lake: market data as immutable files under one manifest per series.

`lake` the store itself: write, read, coverage, explain; `layout` where things stand and into which spans a series is
cut; `manifest` what a series consists of, and the commit point of every write; `part_file` one span of rows as Parquet
bytes and back, `part_reader` what the files of a series hold; `series_lock` one writer per series; `coverage` the typed
holes a manifest knows of; `quarantine` word of rows that were not believed; `inspection` what `verify` compares;
`cache` engine-ready arrays mapped into memory; `query` questions in SQL.
"""
