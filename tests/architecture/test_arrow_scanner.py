"""No Parquet file is read through Arrow's scanner.

`pyarrow.parquet.read_table` leaves threads behind: with Polars loaded, a process that ends right after it aborts about
every third time ("terminate called without an active exception"), after its work is done. `ParquetFile(…).read` has
none.
"""

from __future__ import annotations

from pathlib import Path

import tickwright


def test_no_source_reads_through_the_scanner() -> None:
    root = Path(tickwright.__file__).parent
    found = [
        path for path in root.rglob("*.py") if "pq.read_table" in path.read_text() or ".dataset" in path.read_text()
    ]
    assert found == []
