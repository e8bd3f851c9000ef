"""Questions that always go to a human: a named case, a dispute, a calculation, a price, a supplier, a local fact.

The network never invents a price, a brand, a date or a fee, and a dispute or a named case is an expert's. What tells
them is in ``reserved_words``; here, a case that happened is told from one that is only supposed (« si le titulaire ne
livre pas… »), the writer's figures from a threshold, what a thing costs from price as a criterion.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge import reserved_words as told
from knowledge.decision import Reason
from knowledge.text import considered, readings

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATTERNS = {
    Reason.DISPUTE: told.DISPUTE,
    Reason.NAMED_CASE: told.NAMED_CASE,
    Reason.OWN_FIGURES: told.OWN_FIGURES,
    Reason.LOCAL_FACT: told.LOCAL_FACT,
    Reason.PRICE: told.PRICE,
    Reason.SUPPLIER: told.SUPPLIER,
}
_LEFT_OUT = {
    Reason.DISPUTE: told.FEARED,
    Reason.OWN_FIGURES: told.HOW_IN_GENERAL,
    Reason.PRICE: told.AS_CRITERION,
}

REASONS = frozenset(_PATTERNS)
"""All of them: no entry answers what a human keeps."""

THEIR_OWN = frozenset({Reason.DISPUTE, Reason.NAMED_CASE, Reason.OWN_FIGURES})
"""What is told of the writer's own affairs."""

ALWAYS = frozenset({Reason.DISPUTE, Reason.NAMED_CASE, Reason.LOCAL_FACT})
"""What goes to a human however strange the words: missing one costs more than one too many."""


def reasons(message: str, corrections: Mapping[str, str] | None = None) -> tuple[Reason, ...]:
    """Return every reason for which a message belongs to a human, the gravest first.

    ``corrections`` gives what misspelt words were read as.
    """
    texts = readings(message, corrections)
    return tuple(reason for reason in _PATTERNS if any(_holds(reason, text, message) for text in texts))


@lru_cache(maxsize=10_000)
def taken_on(phrases: tuple[str, ...]) -> Mapping[Reason, tuple[str, ...]]:
    """Return the reasons that an entry's title and phrasings raise, with which: the library may answer those itself."""
    found: dict[Reason, tuple[str, ...]] = {}
    for phrase in phrases:
        for reason in reasons(phrase):
            found[reason] = (*found.get(reason, ()), phrase)
    return found


def _holds(reason: Reason, text: str, message: str) -> bool:
    read = _LEFT_OUT[reason].sub(" ", text) if reason in _LEFT_OUT else text
    if any(pattern.search(read) for pattern in _PATTERNS[reason]):
        return True
    if reason is Reason.NAMED_CASE:
        return _is_reported(text) or bool(told.NAMED_COMPANY.search(considered(message)))
    return reason is Reason.OWN_FIGURES and _asks_for_a_result(text)


def _is_reported(text: str) -> bool:
    """Tell whether a contractor or a candidate of the writer's is said to have done something, or not."""
    certain = told.SUPPOSED.sub(" ", text)
    return not told.NEXT_TIME.search(text) and any(pattern.search(certain) for pattern in told.REPORTED)


def _asks_for_a_result(text: str) -> bool:
    """Tell whether the result of a calculation is asked for, with the writer's own figures."""
    own = told.LIMIT.sub(" ", text)
    figures = len(told.FIGURES.findall(own))
    if figures and told.HOW_MUCH.search(own):
        return True
    return bool((figures > 1 or told.MY_FIGURES.search(own)) and told.RESULT.search(own)) or bool(
        told.WHAT_I_OWE.search(own)
    )
