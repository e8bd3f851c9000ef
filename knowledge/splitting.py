"""Two questions in one message: cut with high precision, so that a single question is never torn apart."""

from __future__ import annotations

import re

from knowledge import lexicon, text

MOST_QUESTIONS = 3
_LEAST_WORDS = 3  # meaningful words in a question that is not short
_SENTENCE = re.compile(r"[^?!.;\n]*(?:[?!.;]+(?=\s|$)|\n+)|[^?!.;\n]+|[?!.;]+")
_NEXT_QUESTION = re.compile(
    r"(?:[,;.?]|(?<!\s)(?<!\bet))\s++"
    r"(?=(?:et )?(?:aussi|autre question|(?:deuxi[eè]me|2e) question|question 2|sinon|par ailleurs)\b[ ,:])",
    re.IGNORECASE,
)
_FIRST_ITEM = re.compile(r"(?:^|(?<=\s))1 ?[).:] ")
_ITEM = re.compile(r"(?:^|(?<=\s))(?=[1-3] ?[).:] )")
_LEANING = re.compile(
    r"^(?:et )?(?!c'est quoi (?:une?|les?|la|l')\b)"
    r"(?:si (?:oui|non|c'est)|dans ce cas|lequel|laquelle|lesquels|lesquelles|pourquoi|ou pas"
    r"|comment (?:faire|ca)\b"
    r"|est-ce (?:le cas|possible|legal)|(?:c'est|ca|cela|celui|ceux|il|elle|ils|elles|ce|cette|ces|y|en) "
    r"|(?:le|la|les) (?:faire|dire|mettre|prendre|demander|exiger|imposer|refuser|publier|passer|signer|noter|justifier"
    r"|prouver|trouver|calculer|verifier|savoir|avoir|voir)\b"
    r"|faut-il (?:le|la|les|en|y) |peut-on (?:le|la|les|en|y) )",
)


def candidate_questions(message: str) -> tuple[str, ...]:
    """Return the questions that a message may hold, each with the sentences said before it; one when in doubt."""
    if len(message) > text.CONSIDERED:
        return (message,)
    found = _items(message) or _asked(message)
    alone = 1 < len(found) <= MOST_QUESTIONS and all(map(_stands_alone, found))
    return tuple(found) if alone else (message,)


def _items(message: str) -> list[str]:
    """Return the items of a numbered list, if the message is one; what only announces it goes with the first."""
    first = _FIRST_ITEM.search(message)
    if first is None or any(map(str.isalpha, _telling(message[: first.start()]))):
        return []
    announced, *others = _ITEM.split(message[first.start() :])[1:]
    return [message[: first.start()] + announced.strip(), *map(str.strip, others)]


def _asked(message: str) -> list[str]:
    """Return the questions that end with their mark, what follows the last one with it."""
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
    return found


def is_short(question: str) -> bool:
    """Tell whether a question has so few words that it may be no more than the end of another."""
    return len(_telling(question)) < _LEAST_WORDS


def _stands_alone(question: str) -> bool:
    """Tell whether a question says what it is about without the one before it."""
    return not _LEANING.match(text.fold(question)) and any(map(str.isalpha, _telling(question)))


def _telling(question: str) -> list[str]:
    return lexicon.telling(text.content(text.words(question)))
