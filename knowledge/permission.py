"""Whether a question asks if a buyer may require, score or reserve: the lawyers' matter, whatever is bought."""

from __future__ import annotations

import re

from knowledge.text import fold

_HOW = re.compile(r"\b(?:comment|quel(?:le)?s?|combien|pourquoi|que (?:peut|puis|pouvons)|how|which|what)\b")
_MAY = re.compile(
    r"\b(?:(?:puis|peut|pouvez)[ -](?:je|on|il|elle|vous|t)|(?:on|il|elle) peut|j ?peux?|peux|peuvent|pouvons"
    r"|le droit|legal(?:ement)?|permis|licite|autorise|possible|can we|are we allowed)\b"
)
_REQUIRE = re.compile(r"\b(?:l ?)?(?:exig[a-z]+|impos[a-z]+|not(?:er|ation)|points?|reserver|require)\b")


def asks_permission(message: str) -> bool:
    """Tell whether the message asks if something may be required, scored or reserved, rather than how to."""
    folded = fold(message).replace("'", " ")
    return all(pattern.search(folded) for pattern in (_MAY, _REQUIRE)) and not _HOW.search(folded)
