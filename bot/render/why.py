"""Why an entry came first and what was decided of it, in plain words: for an expert on a page, and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.card import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.words import Words
    from knowledge.explanation import InShort

_GROUPED_FROM = 10_000  # below, a number may be a year


def sentences(why: InShort, words: Words) -> list[str]:
    """Return the reasons, one sentence each; plain text, to be escaped where it is shown."""
    found = [words("why.read_alone", said=why.read_alone)] if why.read_alone else []
    if why.corrections:
        pairs = [words("why.correction", written=written, read=read) for written, read in why.corrections.items()]
        found.append(words("why.corrections", pairs=", ".join(pairs)))
    if why.entry_id is None:
        return [*found, words("why.off_topic", chances=_percent(why.strangeness, words)), words("why.insisting")]
    if why.shared:
        found.append(words("why.shared", title=why.title, words=_quoted(why.shared, words)))
    else:
        found.append(words("why.nothing_shared", title=why.title))
    if why.missing:
        found.append(words("why.missing", words=_quoted(why.missing, words)))
    if why.weighed:
        key = "why.sure" if why.confidence >= why.answer_from else "why.unsure"
        found.append(words(key, chances=_percent(why.confidence, words), wanted=_percent(why.answer_from, words)))
    return found


def _quoted(said: Sequence[str], words: Words) -> str:
    """Return words between quotation marks, one after the other; what may be a year is not cut in two."""
    numbers = {word: grouped(int(word), words) for word in said if word.isdecimal() and int(word) >= _GROUPED_FROM}
    listed = [words("why.word", word=numbers.get(word, word)) for word in said]
    if len(listed) > 1:
        listed = [", ".join(listed[:-1]), listed[-1]]
    return words("common.and").join(listed)


def _percent(share: float, words: Words) -> str:
    """Return chances as a percentage: none is certain."""
    return words("common.percent", percent=min(99, max(1, round(100 * share))))
