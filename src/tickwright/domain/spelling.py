"""The nearest known spelling of a word, for sentences that say what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to one that is not known, upper and lower case alike; None where none is near.

    >>> nearest("Smacros", ["SmaCross", "BuyAndHold"]), nearest("zzz", ["fast"])
    ('SmaCross', None)
    """
    folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known word, or all of them when none is near.

    >>> did_you_mean("fats", ["fast", "slow"])
    'Did you mean fast?'
    >>> did_you_mean("zzz", ["fast", "slow"])
    'Known: fast, slow.'
    """
    words = sorted(known)
    near = nearest(word, words)
    if near is not None:
        return f"Did you mean {near}?"
    return f"Known: {', '.join(words)}." if words else ""
