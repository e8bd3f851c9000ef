"""What an entry says that it does not treat: « la fiche ne donne pas le palier 2030 ».

Its authors tell it under « Limites ». Who asks for that names what the entry is about, so that it comes first, and is
not answered by it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from knowledge import lexicon, text
from knowledge.entry import plain
from knowledge.text import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.entry import Entry
    from knowledge.index import Index
    from knowledge.question import Question

_ASKED = 0.45  # share of what is not treated, by rarity, that a question must say, one word of it said nowhere else
_ASKED_WHOLE = 0.6  # the same, when the entry says each of its words of something else

_LIMITS = re.compile(r"^#+ *(?:limites?|limits?)\b.*$", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^#", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|\s: ")
_NOT = r"(?: pas| rien| ni| aucune?)(?: encore| ici)?"
# What is not treated is what these leave open…
_UNTREATED = {
    Language.FRENCH: (
        re.compile(
            r"\b(?:fiche|reseau|elle|methode|page) (?:elle-meme )?(?:ne |n')(?:donne|detaille|dit|fixe|traite|chiffre"
            rf"|tranche|definit|compare|precise|indique|decrit|couvre|sait|aborde|parle){_NOT}\b(.*)"
        ),
        re.compile(r"\baucune? (.*?) n'est (?:donne|indique|fixe|precise)e?\b"),
        re.compile(r"^(?:pour|sur) (.*?), (?:interrogez|demandez|rapprochez-vous|faites confirmer)\b.*?\bexperts?\b"),
    ),
    Language.ENGLISH: (
        re.compile(
            r"\b(?:entry|page|network|it) (?:does not|doesn't) (?:give|cover|say|set|list|detail|treat|tell|deal with)"
            r"\b(.*)"
        ),
    ),
}
# … and what comes before these.
_UNTREATED_BEFORE = {
    Language.FRENCH: (
        re.compile(
            rf"\b(?:n'est|ne sont){_NOT} (?:donne|detaille|traite|repris|reproduit|tranche|indique|defini|decrit"
            r"|developpe|precise|chiffre|compare)e?s?\b(.*)"
        ),
        re.compile(r"\bne figure(?:nt)? pas ici\b"),
    ),
    Language.ENGLISH: (
        re.compile(r"\b(?:is|are) not (?:given|covered|listed|detailed|treated|dealt with|set out)\b(.*)"),
    ),
}
_CUT = re.compile(r"\b(?:ni|et|ou|nor|and|or)\b|[,():]")


class _Untreated(NamedTuple):
    """One thing that an entry says it does not treat: its stems, and those of them that it says nowhere else."""

    stems: frozenset[str]
    only: frozenset[str]


def asks_for_it(question: Question, entry: Entry, index: Index) -> bool:
    """Tell whether a question asks for what an entry says it does not treat, in words that no phrase of it joins."""
    asked = frozenset(question.run)
    return any(_is_asked(untreated, asked, entry, index) for untreated in _told(entry, index.language))


def _is_asked(untreated: _Untreated, asked: frozenset[str], entry: Entry, index: Index) -> bool:
    said = untreated.stems & asked
    share = _mass(said, index) / _mass(untreated.stems, index)
    if said & untreated.only:
        return share >= _ASKED
    phrases = (entry.title, *entry.phrasings, *entry.synonyms)
    return (
        len(said) > 1
        and share >= _ASKED_WHOLE
        and not any(said <= _stems([phrase], index.language) for phrase in phrases)
    )


def _mass(stems: frozenset[str], index: Index) -> float:
    return sum(index.idfs(sorted(stems), index.rarest))


@lru_cache(maxsize=2_000)
def _told(entry: Entry, language: Language) -> tuple[_Untreated, ...]:
    """Return what an entry says that it does not treat."""
    treated, *limits = _LIMITS.split(plain(entry.body).replace("\r", ""))
    rest = [entry.title, *entry.phrasings, *entry.synonyms, *_SENTENCE.split(treated)]
    things: list[frozenset[str]] = []
    for section in limits:
        own, *after = _HEADING.split(section, maxsplit=1)
        rest += [sentence for other in after for sentence in _SENTENCE.split(other)]
        for sentence in _SENTENCE.split(own):
            found = _search(sentence, language)
            rest += [] if found else [sentence]
            things += [_stems([part], language) for part in _CUT.split(found)]
    said = _stems(rest, language) if any(things) else frozenset[str]()
    return tuple(_Untreated(stems, stems - said) for stems in things if stems)


def _search(sentence: str, language: Language) -> str:
    """Return what a sentence says is not treated, folded; nothing when it says no such thing."""
    folded = text.fold(sentence)
    if found := _first(_UNTREATED[language], folded):
        return " , ".join(found.groups())
    if found := _first(_UNTREATED_BEFORE[language], folded):
        return " , ".join(filter(None, (folded[: found.start()], *found.groups())))
    return ""


def _first(patterns: Iterable[re.Pattern[str]], folded: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(folded) for pattern in patterns)), None)


def _stems(sentences: Iterable[str], language: Language) -> frozenset[str]:
    words = (word for said in sentences for word in text.content(text.words(said, language), language))
    return frozenset(text.stem(word, language) for word in lexicon.subject_words(words))
