"""What is said of an answer that does not do, and the words that mean nothing without what they follow.

These are wide on purpose: a complaint that is missed never reaches the expert, one that is none costs a glance.
"""

from __future__ import annotations

import re

from knowledge import text

# Neither "c'est possible ou pas ?" nor, in chat spelling, "on peu" denies anything.
_DENYING = (
    r"(?:(?:(?<!\bou )(?:pas|non)|nan|rien|aucune?|jamais|ni|guere|(?<!\bon )peu|not)"
    r"(?! (?:mal|de (?:souci|probleme))\b))"
)
# Good in an answer, a complaint once denied: "pas clair", "je n'ai rien compris".
_GOOD = (
    r"(?:repon\w+|compri\w*|compren\w*|clair\w*|precis\w*|util\w+|suffi\w*|satisf\w+|convain\w+|convien\w+|correspon\w+"
    r"|pertinen\w+|s[ue]re?s?|d'accord|aid\w+|avance\w*|bon(?:ne)?s?|marche|(?:demand|cherch|attend|voul)\w+|questions?"
    r"|sujet|sens|cas|situation|appli\w+|adapt\w+|a jour|valables?|answer\w*|help\w*|clear|understand|what i)"
)
# Bad in itself, or a wish for a better one: "trop vague", "soyez plus clair".
_FAULT = (
    r"(?:bof|flou\w*|vagues?|faux|fausses?|erreurs?|errone\w+|tromp\w+|(?:in|im)(?:exact|correct|complet|precis|utile)\w*"
    r"|incompre\w+|insuffisan\w+|nul(?:le)?s?|mauvais\w*|compliqu\w+|charabia|jargon|blabla|bidon|merde|decu\w*|perim\w+"
    r"|obsolet\w+|depass\w+|confus\w*|a cote|hors[ -]sujet|rien a voir|rapport|n'importe quoi|zero|doute\w*|perplexe\w*"
    r"|manque\w*|autre (?:chose|question|cas)|(?:mon|ma|notre) (?:cas|situation)|mal (?:expli|compri|repon|lu)\w*"
    r"|a revoir|lien mort|introuvables?|du mal a|perdue?s?|sur (?:ma|sa) faim|(?:etes|es|t'es)[ -](?:vous |tu )?sure?s?"
    r"|hein|quoi|pardon|contra(?:ir|di)\w+|inverse|trop(?! (?:bien|fort|cool|drole|sympa|top|gentil)\b)|expli\w+"
    r"|reformul\w+|soyez|(?:precis|detaill|developp|corrig|verifi|simplifi|repet|relis)e[rz]"
    r"|plus (?:de (?:detail|precision|info|exemple)\w*|precis\w*|a jour|valables?|d'actualite|en vigueur)"
    r"|wrong|unclear|useless|incomplete|outdated)"
)
_OF_AN_ANSWER = r"(?:repon\w+|answers?|(?:ma|la|ta|votre|cette|my) (?:question|fiche))"
_DENIED = re.compile(rf"\b{_DENYING}\b.*\b{_GOOD}\b|\b{_GOOD}\b.*\b{_DENYING}\b")
_FAULTY = re.compile(rf"\b{_FAULT}\b")
_ABOUT_AN_ANSWER = re.compile(rf"\b{_OF_AN_ANSWER}\b")
_LEANING = re.compile(
    r"^(?:pour|en|meme|moins|plus|sous|avec|sans|dans|sur|par|chez|si|sauf|hors|plutot|uniquement|seulement|juste"
    r"|a partir|a compter|au[ -]dess(?:us|ous)|entre|apres|avant|pendant|depuis|jusqu|selon|valables?|pareil|idem"
    r"|deja|encore|toujours|c'est|c est|cest|c|ce n'est|sa|ceci|je (?:suis|reste|trouve)"
    r"|for|with|without|if|even|only|under|over|in|on|that|this|it)\b"
    rf"|\b(?:ca|cela|{_OF_AN_ANSWER}|{_DENYING}|ne)\b|\bn'|\b\d+[ .]?(?:000|k)\b|€|\beuros?\b"
)
_FIRST_HAND = re.compile(
    r"(?:(?:bonjour|merci|ok|mais|euh|desolee?|pardon|alors|hello|sorry|but)[ ,.!]*)*"
    r"(?:j'|(?:je|on|nous|ce n'est|c'est|c est|ca|cela|vous|votre|tu|ta|pas|non|rien|toujours"
    r"|i|it|that|this|your|not)\b)"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_FEW = 5  # words that may tell a fault without saying of what
_MOST = 12  # words: beyond, a message says more than that an answer does not do


def complains(message: str) -> bool:
    """Tell whether a short message says that an answer does not do: « trop vague », « je n'ai rien compris »."""
    folded = text.fold(message)
    length = len(_WORD.findall(folded)) if len(message) <= text.CONSIDERED else 0
    if not 0 < length <= _MOST:
        return False
    if _DENIED.search(folded):
        return True
    return bool(_FAULTY.search(folded)) and (length <= _FEW or bool(_ABOUT_AN_ANSWER.search(folded)))


def complains_first_hand(message: str) -> bool:
    """Tell whether a complaint is its author's own: « je ne comprends pas… », not « le titulaire ne répond pas »."""
    folded = text.fold(message)
    return complains(message) and bool(_FIRST_HAND.match(folded) and _DENIED.search(folded))


def leans(message: str) -> bool:
    """Tell whether a few words need the question they follow: « pour une école », « 45 000 euros », « pas en MAPA »."""
    return bool(_LEANING.search(text.fold(message).lstrip(" .,;:-!")))
