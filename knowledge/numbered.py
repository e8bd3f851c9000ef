"""A question named by the number that everybody reads of it: « la n° 34 », « ma question 12 », « retirer 13 ».

A number is one of a question only where nothing else can be counted: not « le lot 3 », « 40 000 € » nor « 12 jours ».
"""

from __future__ import annotations

import re

from knowledge import text

_WHOSE = r"(?:(?:les?|la|ma|mes|mon|notre|nos|cette|ce|the|my|this)\b ?|l')?"
_NOUN = r"(?:questions?|demandes?|tickets?|messages?|requests?)"
_SIGN = r"(?:n ?[°o]?s?\.?|num\.?|numeros?|numbers?|#)"
_ONE = r"\d{1,7}(?!\w|[.,/:-]\d| \d| ?[€$£%])"  # a few digits that begin neither an amount, a date nor a reference
_SEVERAL = rf"{_ONE}(?:(?:, (?:et |and )?| et | and | & )(?:{_WHOSE}(?:{_SIGN} ?)?)?{_ONE})*"
# Without a word for the question, the number must end what is said, politeness aside: « la 2 roues » is none.
_ENDS = r"(?= ?(?:$|[?!.,;:]|(?:svp|stp|s'il|please|merci|thanks|est|et|and|depuis|car|finalement)\b))"
_BESIDE = (
    r"(?:(?:retire|annule|supprime|abandonne|cloture|ferme|oublie)[rz]?|tomber|withdraw|cancel|close|drop|forget"
    r"|statut|etat|suivi|status|en est|en sont)"
)
_NAMED = re.compile(
    rf"(?<![\w.,/-]){_WHOSE}(?:{_NOUN} (?:{_SIGN} ?)?|{_SIGN} ?){_SEVERAL}"
    rf"|\b(?:la|les) {_SEVERAL}{_ENDS}"
    rf"|\b(?P<beside>{_BESIDE}) {_SEVERAL}{_ENDS}"
)
_DIGITS = re.compile(r"\d+")
_UNNUMBERED = "ma question"


def unnumbered(message: str) -> str:
    """Return a message, folded, as if each question named by its number were just « ma question »."""
    return _NAMED.sub(lambda named: f"{named['beside'] or ''} {_UNNUMBERED} ", text.fold(message))


def numbers(message: str) -> tuple[int, ...]:
    """Return the numbers by which a message names questions, in its own order."""
    found = (digits for named in _NAMED.finditer(text.fold(message)) for digits in _DIGITS.findall(named.group()))
    return tuple(dict.fromkeys(map(int, found)))
