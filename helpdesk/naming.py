"""Which organisation somebody means by a name typed in a hurry: "boisjoli", "st denis", "ville de bois joly". Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEAR = 76.0  # rapidfuzz's score, out of 100, from which an organisation may be the one meant
_BEGUN = 95.0  # the score of a name of which only the beginnings of words were typed
_SHORTEST_BEGINNING = 3  # letters
_COMMON = frozenset(
    """mairie commune communes ville village communaute agglomeration de du des d la le les l et en sur sous a au aux
    town hall city council of the""".split(),
)
_SPELT_OUT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def nearest(names: Mapping[int, str], text: str, limit: int) -> list[int]:
    """Return the ids of the organisations that ``text`` may name, the nearest first.

    What most names share ("mairie de", "ville de") brings none nearer.
    """
    typed = _words(text)
    whole, telling = " ".join(typed), _telling(typed)
    near = []
    for key, name in names.items():
        known = _words(name)
        score = _likeness(telling, _telling(known)) if typed else 0.0
        if score >= _NEAR:
            near.append((score, fuzz.ratio(whole, " ".join(known)), -key))
    return [-place for _, _, place in sorted(near, reverse=True)[:limit]]


def _words(text: str) -> list[str]:
    return [_SPELT_OUT.get(word, word) for word in re.findall(r"[^\W_]+", fold(text))]


def _telling(words: list[str]) -> list[str]:
    """Return the words that tell one organisation from another; all of them when none does."""
    return [word for word in words if word not in _COMMON] or words


def _likeness(typed: list[str], known: list[str]) -> float:
    begun = all(len(word) >= _SHORTEST_BEGINNING and any(other.startswith(word) for other in known) for word in typed)
    return max(
        _BEGUN if begun else 0.0,
        fuzz.ratio("".join(typed), "".join(known)),
        fuzz.token_set_ratio(" ".join(typed), " ".join(known)),
    )
