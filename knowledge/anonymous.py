"""A member's wording without what names somebody: what can be read off the text; a person reviews the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.lexicon import AWAITING, SIGNING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 300  # characters: a phrasing is a question, not a story
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|\bhttps?://\S+|\bwww\.\S+")
_TELEPHONE = re.compile(r"(?<!\w)(?:\+33 ?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")
_GREETING = re.compile(
    r"^(?:bonjour|bonsoir|salut|slt|bjr|hello)\b(?: (?:à|a) tou[ts]e?s?| l'équipe| madame| monsieur)*[ ,!.]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"(?<![\s,.!])[\s,.!]*+\b(?:merci(?: d'avance| beaucoup| bien)?|{SIGNING}|{AWAITING}|bonne journ[ée]e)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_LEAST_NAME = 3  # letters of a name that is looked for


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a wording without greetings, addresses, telephone numbers and any of ``names``, at most 300 characters."""
    line = " ".join(text.split())
    line = _CLOSING.sub("", _GREETING.sub("", line)) or line
    line = _TELEPHONE.sub("…", _ADDRESS.sub("…", line))
    parts = {part for name in names for part in (name, *name.split()) if len(part) >= _LEAST_NAME}
    for part in sorted(parts, key=lambda part: (-len(part), part)):
        line = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "…", line, flags=re.IGNORECASE)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
