"""Two questions in one message: cut with high precision, so that a single question is never torn apart."""

from __future__ import annotations

import re

from knowledge import lexicon, text

MOST_QUESTIONS = 3
_LEAST_WORDS = 3  # meaningful words in a question that stands on its own
_SENTENCE = re.compile(r"[^?!.;\n]*[?!.;\n]+(?=\s|$)|[^?!.;\n]+")
_NEXT_QUESTION = re.compile(
    r"(?:,|;|\.|\?)?\s+(?=(?:et )?(?:aussi|autre question|(?:deuxi[eè]me|2e) question|question 2|sinon|par ailleurs)"
    r"\b[ ,:])",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:et )?(?:si (?:oui|non|c'est)|dans ce cas|lequel|laquelle|lesquels|lesquelles|pourquoi|ou pas"
    r"|comment (?:faire|ca)"
    r"|est-ce (?:le cas|possible|legal)|(?:c'est|ca|cela|celui|ceux|il|elle|ils|elles|ce|cette|ces|y|le|la|les|en) "
    r"|faut-il (?:le|la|les|en|y) |peut-on (?:le|la|les|en|y) )",
)


def candidate_questions(message: str) -> tuple[str, ...]:
    """Return the questions that a message may hold, each with the sentences said before it; one when in doubt."""
    if len(message) > text.CONSIDERED:
        return (message,)
    pieces = [piece for sentence in _SENTENCE.findall(message) for piece in _NEXT_QUESTION.split(sentence)]
    found: list[str] = []
    before = ""
    for piece in pieces:
        before += piece
        if "?" in piece:
            found.append(before.strip())
            before = ""
    if before.strip():
        found[-1:] = [f"{found[-1]} {before.strip()}" if found else before.strip()]
    alone = 1 < len(found) <= MOST_QUESTIONS and all(map(_stands_alone, found))
    return tuple(found) if alone else (message,)


def _stands_alone(question: str) -> bool:
    """Tell whether a question says what it is about without the one before it."""
    if _LEANING.match(text.fold(question)):
        return False
    telling = [word for word in text.content(text.words(question)) if word not in lexicon.asking_words()]
    return len(telling) >= _LEAST_WORDS
