"""Messages that ask who, or what, is answering: "tu es un robot ?", "qui êtes-vous ?", "que sais-tu faire ?"."""

from __future__ import annotations

import re

from knowledge.intents import asks_help, bare_words, is_thanks

_BEFORE = r"(?:(?:bonjour|bonsoir|salut|coucou|hello|hi|mais|et|euh|alors|au fait|dis|dites(?: moi)?) )*"
_AFTER = r"(?: (?:svp|stp|please|merci|ici|la|toi|vous|donc|alors|au juste|en fait|exactement))*"
_YOU_ARE = r"(?:est ce que )?(?:(?:tu|t) ?es|t|(?:vous|vs) etes|etes (?:vous|vs)|es tu|est ce|are you|is this)"
_PROGRAM = r"(?:robot|bot|chat ?bot|chatgpt|automate|machine|ia|ai|intelligence artificielle|assistant)"
_SOMEBODY = (
    r"(?:(?:une?|des|an?) )?(?:(?:vraie?s?|simple|real) )?"
    rf"(?:{_PROGRAM}s?|(?:etre )?humaine?s?|personnes?|quelqu un|human|person)(?: (?:automatique|virtuel))?"
)
_OR_ELSE = rf"(?: (?:ou|or) (?:pas|(?:a |avec )?{_SOMEBODY}))?"
_SERVICE = rf"(?:(?:ce|cet|le|l|votre|this|the) )?(?:guichet|service|outil|appli|canal|{_PROGRAM})"
_DO = r"(?:sais|peux|savez|pouvez|can)"
_WHO = (
    r"(?:vous etes|(?:tu|t) ?es|t) (?:qui|ki)|(?:qui|ki) (?:etes vous|es tu|(?:tu|t) ?es|t|vous etes)",
    r"(?:a |avec )?(?:qui|ki) (?:est ce que je parle|je parle|parle je)|je parle (?:a|avec) (?:qui|ki)",
    r"who (?:are you|am i talking to)",
)
_WHAT = (
    rf"(?:{_YOU_ARE}|am i talking to) {_SOMEBODY}{_OR_ELSE}|(?:c ?est|c) (?:une? )?{_PROGRAM}",
    rf"(?:est ce que )?je parle (?:a|avec) {_SOMEBODY}{_OR_ELSE}",
    rf"(?:(?:c ?est|c|ct) (?:quoi|koi)|qu est ce que(?: c est que)?|what is) {_SERVICE}",
)
_USE = (
    rf"a quoi (?:tu sers|sers tu|vous servez|servez vous|(?:ca )?sert {_SERVICE})",
    rf"(?:que|qu est ce que|what) (?:{_DO} (?:tu|vous|you)|(?:tu|vous) {_DO})(?: (?:faire|do))?",
    rf"(?:tu|vous) {_DO} faire (?:quoi|koi)|qu est ce que je peux (?:vous |te )?demander",
    rf"comment (?:(?:tu|vous|{_SERVICE}) (?:marche|fonctionne)(?:s|z)?|(?:marche|fonctionne|utiliser) {_SERVICE})",
)
_OF_WHAT_WAS_SAID = (
    r"comment (?:ca|cela) (?:marche|fonctionne)|how does (?:it|this) work|mode d emploi",
    r"(?:le )?menu|start|commandes",
)
_ASKED = re.compile(rf"{_BEFORE}(?:{'|'.join((*_WHO, *_WHAT, *_USE))}){_AFTER}")
_PERHAPS = re.compile(rf"{_BEFORE}(?:{'|'.join(_OF_WHAT_WAS_SAID)}){_AFTER}")


def asks_who_answers(message: str) -> bool:
    """Tell whether the message only asks who or what answers here, and what it is for."""
    return bool(_ASKED.fullmatch(" ".join(bare_words(message))))


def may_ask_who_answers(message: str) -> bool:
    """Tell the same of words that ask it where nothing was said before: "comment ça marche ?", "aide", "menu"."""
    alone = _PERHAPS.fullmatch(" ".join(bare_words(message)))
    return bool(alone) or asks_help(message) or asks_who_answers(message)


def is_small_talk(message: str) -> bool:
    """Tell whether the message thanks, takes leave or asks who answers: the library has nothing to say to it."""
    return is_thanks(message) or may_ask_who_answers(message)
