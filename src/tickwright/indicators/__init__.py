"""One file per indicator: a fold that serves batch and online alike, to the last bit.

`memo` remembers results for the length of a run.
"""
