"""From an exchange into a store, through ports only.

`planner` which pages to ask for; `integrity` what a page must fulfil before a row of it is kept; `fetch` the loop that
asks, checks and stores, and resumes where it was interrupted; `gap_map` why bars are missing.
"""
