"""What a long message asks: an e-mail without headers, quotes and signature, a story's questions without the story."""

from __future__ import annotations

import re

from knowledge.lexicon import AWAITING, SIGNING

_HEADER = re.compile(
    r"^[ \t>*]*(?:de|from|à|to|cc|cci|envoyé|sent|date|répondre à|reply-to)[ \t]*:[^\n]*$", re.IGNORECASE | re.MULTILINE
)
_SUBJECT = re.compile(
    r"^[ \t>*]*(?:objet|subject|sujet)[ \t]*:[ \t]*(?:(?:re|tr|fwd?)[ \t]*:[ \t]*)*", re.IGNORECASE | re.MULTILINE
)
_QUOTED = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_SIGNATURE = re.compile(
    rf"\n[ \t]*(?:--|{SIGNING}|(?:kind |best )?regards|bonne (?:journée|réception)|avec mes remerciements)"
    r"[ \t]*+[,.!]?[ \t]*+\n.*",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING = re.compile(
    r"(?<=[\s.,;:!?])(?:(?:un grand |et |encore )?merci(?: (?:d'avance|par avance|beaucoup|bcp|bien|infiniment)){0,2}"
    r" (?:pour|de) (?:votre|ta|vos|tes|la|une) (?:aide|r[ée]ponses?|retours?)"
    rf"|{AWAITING}|(?:many )?thanks(?: in advance)? for (?:your|any) (?:help|answer|reply)"
    r"|(?:looking forward to|awaiting) your (?:answer|reply))"
    rf"(?:[ ,.!]*\b(?:rapides?|{SIGNING}|bonne journ[ée]e))*[ ,.!]*\Z",
    re.IGNORECASE,
)
_ASKING = re.compile(r"(?<![^.?!\n])[^.?!\n]+\?")  # tried from the beginnings of sentences alone
_LEAST_LEFT = 3  # words without which nothing is taken for a signature
_STORY = 150  # words from which a message is a story, and as many as are read of it
_LONGEST = 1500  # characters of them: more than so many words have, unless spaces are missing


def body_of(message: str) -> str:
    """Return what a message says, without thanks in advance; the rest of an e-mail goes unless little would be left."""
    if "\n" in message:
        left = _SIGNATURE.sub("\n", _QUOTED.sub("", _SUBJECT.sub("", _HEADER.sub("", message))))
        message = left.strip() if len(left.split()) >= _LEAST_LEFT else message
    return _CLOSING.sub("", message.rstrip()).rstrip(" ,;:") or message


def gist_of(message: str) -> str:
    """Return what is read of a message: of a story, the sentences that ask, or else its beginning and its end."""
    words = message.split()
    if len(words) > _STORY:
        asking = " ".join(_ASKING.findall(message)).split()
        kept = asking if len(asking) > _LEAST_LEFT else words
        message = " ".join(kept if len(kept) <= _STORY else (*kept[: _STORY * 2 // 3], *kept[-_STORY // 3 :]))
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST * 2 // 3]} {message[-_LONGEST // 3 :]}"
