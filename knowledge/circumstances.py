"""What a message says of its writer beside what it asks: « je débute, acheteuse dans une commune de 8 000 habitants ».

Such words are true of half of the questions, so they tell none of them from the others, yet each may be a subject of
the library. They are told apart clause by clause, by naive Bayes: sentences that surround questions
(``lexicon/circumstances.txt``) against the library's own phrases.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import chain

from knowledge import lexicon, text
from knowledge.speech import Speech, said, stems
from knowledge.text import Language

_TOLD_FROM = 0.4  # log-odds, over the square root of its words, from which a clause only tells of its writer
_SELDOM = 0.003  # share of sentences, or of phrases, that is added to those that say a word
_OF_A_CASE = 4  # sentences that are taken to say each of the words of a case
_UNHEARD = -0.3  # of a word that neither says
_MOST_WORDS, _LONGEST = 120, 900  # words and characters beyond which a message is read whole

_INVERTED = r"(?:peu[tx]|puis|pouvons|pouvez|doi[ts]|devons|devez|avez|existe)[- ](?:t[- ])?(?:on|je|nous|vous|il)"
_OPENERS = r"comment|pourquoi|combien|quel(?:le)?s?|est[- ]ce|c['’]est quoi|faut[- ]il"
_CLAUSE = re.compile(r"(?:[^.?!;:,()\n]|\.(?=\w)|,(?=\d))+[.?!;:,()\n]*\s*|[.?!;:,()\n]+\s*")
_SENTENCE = re.compile(r"(?:[^.?!;:\n]|\.(?=\w))+[.?!;:\n]*\s*|[.?!;:\n]+\s*")
_NEXT = re.compile(
    rf"(?<=\S)\s+(?=(?i:{_OPENERS})\b|(?:C['’]est pour|On|Nous|Je|J['’]ai|Notre|Merci|Cordialement)\b)",
)
_ASKS = re.compile(
    rf"\?|\b(?:{_OPENERS}|{_INVERTED}|lequel|laquelle|lesquel(?:le)?s|quoi|faut"
    r"|(?:on|je|nous|vous) (?:peu[tx]|pouvons|pouvez)|obligatoire|possible|droit)\b"
)
_CLOSING = re.compile(
    rf"(?<!\w)(?:merci(?: d['’]avance| par avance| beaucoup| bcp)?|{lexicon.SIGNING}|{lexicon.AWAITING}"
    r"|bonne journ[ée]e)"
    r"(?=[\s,.!;-])(?!\s+(?:de|d['’]|pour|[àa]|si)\b)[^?]{0,120}\Z",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?<!\w)\d{1,3}(?:[ .\u00a0\u202f]?\d{3}){0,4}(?:,\d+)?\s*"
    r"(?:k€|k\b|m€|€|euros?\b|eur\b|millions?\b(?: d['’]euros)?|ht\b|ttc\b)(?:\s*(?:ht|ttc)\b)?",
    re.IGNORECASE,
)


class Circumstances:
    """What tells the words around a question from those of a library's questions. Only French ones are."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def apart(self, message: str) -> str:
        """Return what a message asks without its circumstances; nothing when it has none, or nothing else."""
        if not self._may_be_cut(message):
            return ""
        clauses = self._clauses(message)
        kept = [clause for clause in clauses if not self._tells_of_the_writer(clause)]
        asked = " ".join(kept)
        shorter = _closing(message) or len(kept) < len(clauses)
        return asked if shorter and _telling(asked) else ""

    def without_amounts(self, message: str) -> str:
        """Return a message without its amounts in euros; nothing when it has none."""
        rest = _AMOUNT.sub(" ", message) if self._may_be_cut(message) else message
        return rest if rest != message else ""

    def odds(self, message: str) -> float:
        """Return how much likelier a French message's words are around a question than in one of the library's.

        The sum of the natural logarithms, over the square root of their number.
        """
        words = stems(text.words(message), Language.FRENCH)
        return math.fsum(map(self._odds, words)) / math.sqrt(len(words) or 1)

    def alone(self, message: str, everyday: float) -> bool:
        """Tell whether a message says nothing but its circumstances: « je débute, DGS d'une petite commune ».

        ``everyday``: how much likelier its words are in questions that people ask to anybody, the same way.
        """
        told = _AMOUNT.sub(" euros ", message)  # however it is written
        if not self._may_be_cut(message) or self.odds(told) <= everyday:
            return False
        rest = [clause for clause in self._clauses(told) if not self._tells_of_the_writer(clause)]
        return not any(_ASKS.search(text.fold(clause)) or _telling(clause) for clause in rest)

    def asking(self, message: str) -> str:
        """Return the sentences of a message that ask; nothing when all do, or none does."""
        sentences = _SENTENCE.findall(message) if self._may_be_cut(message) else []
        asking = [sentence for sentence in sentences if _ASKS.search(text.fold(sentence))]
        return "".join(asking) if len(asking) < len(sentences) else ""

    def _may_be_cut(self, message: str) -> bool:
        short = len(message) <= _LONGEST and len(message.split()) <= _MOST_WORDS
        return short and self._speech.language is Language.FRENCH

    def _clauses(self, message: str) -> list[str]:
        """Return the clauses of a message, without the thanks that end it."""
        body = message[: len(message) - len(_closing(message))]
        return [clause for found in _CLAUSE.findall(body) for clause in _NEXT.split(found)]

    def _tells_of_the_writer(self, clause: str) -> bool:
        if _ASKS.search(text.fold(clause)) or not _telling(clause):
            return False
        return self.odds(clause) > _TOLD_FROM

    def _odds(self, stem: str) -> float:
        """Return the log-odds that who says a word tells of their case rather than asks; none of figures."""
        if stem.isdigit():
            return 0.0
        told, asked = _told(), self._speech
        if stem not in told.said and stem not in asked.said:
            return _UNHEARD
        return math.log(
            (told.said.get(stem, 0) / told.phrases + _SELDOM)
            / (asked.said.get(stem, 0) / (asked.phrases or 1) + _SELDOM)
        )


def _closing(message: str) -> str:
    """Return the thanks that end a message, with whoever signs it."""
    found = _CLOSING.search(message)
    return found.group() if found and not _ASKS.search(text.fold(found.group())) else ""


def _telling(message: str) -> list[str]:
    return lexicon.subject_words(text.content(text.words(message)))


@lru_cache(maxsize=1)
def _told() -> Speech:
    """Return how people speak of themselves around a question."""
    sentences = [said(sentence, Language.FRENCH) for sentence in lexicon.circumstances()]
    counts = Counter(chain.from_iterable(sentences))
    counts.update(dict.fromkeys(stems(lexicon.case_words(), Language.FRENCH), _OF_A_CASE))
    return Speech(Language.FRENCH, counts, len(sentences))
