"""The nearest known spelling of a word, for sentences that say what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known word, or all of them when none is near.

    >>> did_you_mean("fats", ["fast", "slow"])
    'Did you mean fast?'
    >>> did_you_mean("zzz", ["fast", "slow"])
    'Known: fast, slow.'
    """
    words = sorted(known)
    folded = {candidate.casefold(): candidate for candidate in words}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {folded[near[0]]}?"
    return f"Known: {', '.join(words)}." if words else ""
