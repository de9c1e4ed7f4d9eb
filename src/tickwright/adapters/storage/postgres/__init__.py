"""Market data in PostgreSQL, native or with TimescaleDB: the same promises as the lake.

`postgres_store` the store; `row_tables` which table holds a kind; `series_rows` the rows, in and out; `row_upsert` new
rows and former versions; `series_table` the row of a series and what is remembered beside it; `schema` the tables,
their partitions and their version; `connection` one connection that is renewed when it dies, with the platform's
sentences for the server's errors; `binary_copy` rows as the bytes of COPY BINARY; `binary_columns` whole columns of a
query; `catalogue` what is known of instruments; `timescale` what the extension does where it is installed;
`capabilities` what a server offers and whether its versions are safe.
"""
