"""Why an entry came first and what was decided of it, in plain words: for an expert on a page, and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.words import Words
    from knowledge.explanation import InShort


def sentences(why: InShort, title: str, words: Words) -> list[str]:
    """Return the reasons, one sentence each; plain text, to be escaped where it is shown."""
    found = []
    if why.corrections:
        pairs = [words("why.correction", written=written, read=read) for written, read in why.corrections.items()]
        found.append(words("why.corrections", pairs=", ".join(pairs)))
    if why.shared:
        found.append(words("why.shared", title=title, words=_quoted(why.shared, words)))
    else:
        found.append(words("why.nothing_shared", title=title))
    if why.missing:
        found.append(words("why.missing", words=_quoted(why.missing, words)))
    if why.weighed:
        key = "why.sure" if why.confidence >= why.answer_from else "why.unsure"
        found.append(words(key, chances=_percent(why.confidence, words), wanted=_percent(why.answer_from, words)))
    return found


def _quoted(said: Iterable[str], words: Words) -> str:
    return ", ".join(words("why.word", word=word) for word in said)


def _percent(share: float, words: Words) -> str:
    return words("common.percent", percent=round(100 * share))
