"""French lines that end where they may: never before ; : ? ! % », after « or n°, nor inside « 17 h 30 ».

Texts are written with plain spaces, in the catalogs, the library and answers; pages show some of them unbroken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.words import Words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

_NO_BREAK = "\N{NO-BREAK SPACE}"
_KEPT_TOGETHER = re.compile(r" (?=[;:?!%»])|(?<=«) |(?<=n°) |(?<=\d) (?=h\b)|(?<=\d h) (?=\d\d\b)")
_AFTER_A_DAY = re.compile(r"(?<=\d) |(?<=1er) ")


def unbroken(text: str) -> str:
    """Return a text with the same words, and spaces that do not break where a line must not end."""
    return _KEPT_TOGETHER.sub(_NO_BREAK, text)


class PageWords(Words):
    """The wording of a page's reader."""

    def __call__(self, key: str, /, **data: object) -> str:
        """Return the text of ``key``, unbroken. Raises ``MissingWordsError``."""
        return unbroken(super().__call__(key, **data))

    def plural(self, key: str, count: int, /, **data: object) -> str:
        """Return the singular or plural text of ``key``, unbroken. Raises ``MissingWordsError``."""
        return unbroken(super().plural(key, count, **data))

    def day(self, day: dt.date) -> str:
        """Return a date in words whose number stays with its month."""
        return _AFTER_A_DAY.sub(_NO_BREAK, super().day(day))

    def time(self, instant: dt.datetime) -> str:
        """Return a time of day on one line."""
        return unbroken(super().time(instant))


def page_words(words_for: Callable[[str], Words]) -> Callable[[str], Words]:
    """Return what words a page for a locale: as ``words_for`` does, unbroken."""

    def worded(locale: str) -> Words:
        words = words_for(locale)
        return PageWords(words.locale, words.zone.key)

    return worded
