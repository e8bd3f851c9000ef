"""What an entry says that it does not treat: « la fiche ne donne pas le palier 2030 ».

Its authors tell it in its body, mostly under « Limites ». Who asks for that names what the entry is about, so that it
comes first, and is not answered by it.
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

_ASKED = 0.45  # share of what is not treated, by rarity, that a question must say

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|\s: ")
_TREATING = "donne|detaille|traite|repris|reproduit|tranche|indique|defini|decrit|developpe|precise|chiffre|compare"
_UNTREATED = {
    Language.FRENCH: (
        re.compile(
            r"\b(?:fiche|reseau|elle|methode|page) (?:elle-meme )?ne (?:donne|detaille|dit|fixe|traite|chiffre|tranche"
            r"|definit|compare|precise|indique|decrit|couvre|sait)\b(?: pas| rien| aucune?)?(?: ici)?(.*)"
        ),
        re.compile(rf"(.*?)\b(?:n'est|n'a|ne sont|n'ont)(?: pas| ni)? (?:ete )?(?:{_TREATING})e?s?\b(.*)"),
        re.compile(r"(.*?)\bne figure(?:nt)? pas ici\b"),
        re.compile(r"\baucune? (.*?) n'est (?:donne|indique|fixe|precise)e?\b"),
    ),
    Language.ENGLISH: (
        re.compile(
            r"\b(?:entry|page|network|it) (?:does not|doesn't) (?:give|cover|say|set|list|detail|treat|tell|deal with)"
            r"\b(.*)"
        ),
        re.compile(r"(.*?)\b(?:is|are) not (?:given|covered|listed|detailed|treated|dealt with|set out)\b(.*)"),
    ),
}
_CUT = re.compile(r"\b(?:ni|et|ou|nor|and|or)\b|[,():]")


class _Untreated(NamedTuple):
    """One thing that an entry says it does not treat: its stems, and those of them that it says nowhere else."""

    stems: frozenset[str]
    only: frozenset[str]


def asks_for_it(question: Question, entry: Entry, index: Index) -> bool:
    """Tell whether a question says what an entry does not treat, in words that it says of nothing else."""
    asked = frozenset(question.run)
    return any(
        asked & untreated.only and _mass(asked & untreated.stems, index) >= _ASKED * _mass(untreated.stems, index)
        for untreated in _told(entry, index.language)
    )


def _mass(stems: frozenset[str], index: Index) -> float:
    return sum(index.idfs(sorted(stems), index.rarest))


@lru_cache(maxsize=2_000)
def _told(entry: Entry, language: Language) -> tuple[_Untreated, ...]:
    """Return what an entry says that it does not treat."""
    things: list[frozenset[str]] = []
    rest = [entry.title, *entry.phrasings, *entry.synonyms]
    for sentence in _SENTENCE.split(plain(entry.body)):
        found = _search(sentence, language)
        rest += [] if found else [sentence]
        things += [_stems([part], language) for part in _CUT.split(found)]
    said = _stems(rest, language) if any(things) else frozenset[str]()
    return tuple(_Untreated(stems, stems - said) for stems in things if stems - said)


def _search(sentence: str, language: Language) -> str:
    """Return what a sentence says is not treated, folded; nothing when it says no such thing."""
    folded = text.fold(sentence)
    found = next(filter(None, (pattern.search(folded) for pattern in _UNTREATED[language])), None)
    return " , ".join(filter(None, found.groups())) if found else ""


def _stems(sentences: Iterable[str], language: Language) -> frozenset[str]:
    words = (word for said in sentences for word in text.content(text.words(said, language), language))
    return frozenset(text.stem(word, language) for word in lexicon.subject_words(words))
