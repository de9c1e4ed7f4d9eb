"""Copies of a lake that count only after they were read back.

`snapshots` taking one (only what is not there yet travels), listing and verifying them; `drill` restoring one into a
place of its own, comparing every series, and measuring what a disaster would cost.
"""
