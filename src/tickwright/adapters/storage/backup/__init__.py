"""Copies of a lake and of a database that count only after they were read back.

`sealing` encryption of what leaves the machine, piece by piece; `shelf` objects by content and signed lists of them, in
a directory or in a bucket; `snapshots` taking one of a lake (only what is not there yet travels), listing and verifying
them; `database_copies` the same for a database; `drill` restoring into a place of its own, comparing everything, and
measuring what a disaster would cost.
"""
