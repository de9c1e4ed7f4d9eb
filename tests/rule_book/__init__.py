"""Which test proves which sentence of docs/rule-book.md.

`sentences` cuts the book, `sections/*.toml` name the tests of each sentence, `table` reads both; what they leave open
is a failure of `test_table`. `python -m tests.docs.proofs_page` draws the page from the same rows.
"""
