"""Whether a message is plainly about public purchasing: such a question is never turned away as off topic.

The library's calibration tells how strange a question is to it, and a question that no entry answers is always a bit
strange. Words of the trade settle it: they are in ``lexicon/fr.toml`` under ``trade``, for any network.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge import lexicon
from knowledge.text import readings

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_about_purchasing(message: str, corrections: Mapping[str, str] | None = None) -> bool:
    """Tell whether a message uses a word of public purchasing; ``corrections``: what misspelt words were read as."""
    return any(_pattern().search(text) for text in readings(message, corrections))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Return a pattern for any expression of the trade, each of its words with or without a plural mark."""
    expressions = sorted(lexicon.trade(), key=lambda expression: (-len(expression), expression))
    loose = (r"s?[ -]".join(map(re.escape, expression.split())) for expression in expressions)
    return re.compile(r"\b(?:" + "|".join(loose) + r")[sx]?\b(?! (?:de noel|du (?:samedi|dimanche)|aux puces|forain))")
