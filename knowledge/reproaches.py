"""What is said to Guichet of its own answer: « votre réponse… », « vous ne répondez pas… », « ça ne me dit pas si… ».

Unlike the words of ``complaints.py``, which mean nothing without what they follow, these name what they complain of:
they are of the last answer whatever else the message says, and whatever the library finds in it. One clause must hold
both the blame and what is blamed: « merci pour votre réponse, mais je n'ai pas trouvé le seuil des travaux » has not.
"""

from __future__ import annotations

import re

from knowledge import replies, text

_MOST, _LONGEST = 40, 600  # words and characters: beyond, a message tells a case of its own
_BETWEEN_CLAUSES = re.compile(r"[,.;:!?\n()]+|\b(?:mais|alors que|parce que|puisque|but|because)\b")
_RESUMED = re.compile(r"\b(votre|cette|la) (reponse|fiche),? (?:mais )?(?:elle|qui) (?=ne |n')")  # of the answer still
_DENYING = (
    r"(?:(?:pas?|rien|aucune?)(?! (?:mal|de (?:souci|probleme)|souci|besoin|a (?:re)?dire|a ajouter)\b)|non|nan|jamais"
    r"|ni|guere|plus (?:a jour|valables?|d'actualite|en vigueur)|qu'a moitie|not|(?:do|does|did|is|was|are)n't)"
)
_BAD = (
    r"(?:n'importe quoi|faux|fausses?|erreurs?|errone\w+|tromp\w+|(?:in|im)(?:exact|correct|complet|precis|utile)\w*"
    r"|inadapt\w+|incompre\w+|insuffisan\w+|nul(?:le)?s?|mauvais\w*|complique\w*|charabia|jargon|blabla|bidon|dec(?:u|ev)\w*"
    r"|perime\w*|obsolete\w*|depasse\w*|confuse?s?|a cote|hors[ -]sujet|manque\w*|contradict\w+|vagues?|floue?s?|trop"
    r"|bof|mal (?:lu|compri|interprete|repon)\w*|autre (?:chose|question|cas|sujet)|tout sauf"
    r"|wrong|unclear|useless|incomplete|outdated|off topic)"
)
_SAID = (
    r"(?:reponses?|fiches?|explications?|propositions?|suggestions?|liens?|(?:ro)?bot|assistant|outil|truc|machin"
    r"|answers?)"
)
_GIVEN = r"(?:(?:la|les) (?:reponse|fiche|explication)s?)"
# « La réponse » is as often a bid: it is Guichet's where it was given.
_YOURS = (
    rf"(?:(?<!pour )(?<!de )(?:votre|vos|ta|tes|ton|your) {_SAID}(?! types?\b)"
    r"|(?:la|le|les) (?:reponse|fiche|explication|source|lien|texte|element)s? (?:(?:donne|recu|fourni|cite)e?s?"
    r"|proposee?s?|transmise?s?|que vous \w+)|(?:aucune|rien) (?:dans|des?) (?:\w+ )?fiches?"
    r"|ce que vous (?:m'avez|avez|di[ts]\w*))"
)
_YOU = r"(?<!-)(?<!si )(?<!pouvez )(?<!pourriez )(?:vous|vs|tu|t'|you|le (?:ro)?bot)"
_HEARD = r"(?:repon\w+|compr[ie]\w*|lue?s?|ecoute\w*|entendu\w*|answer\w*|underst\w+)"
_BESIDE = r"(?:a cote|hors[ -]sujet|mal (?:lu|compri\w*|interprete)|autre (?:question|chose|cas|sujet))"
_TELL = (
    r"(?:(?:me |nous )?(?:di[ts]e?s|cite[sz]|repete[sz]|suppose[sz]|affirme[sz]|indique[sz]|ecri(?:s|vez)|sorte[sz])"
    r"|me (?:parle|reponde?|renvoie|renvoye)[sz]|reponde?[sz] par)"
)
_ASKED = r"(?:quoi|comment|combien|quel\w*)"
_MINE = (
    r"(?:(?:ma|notre|my|our) (?:question|kestion|demande|situation)|(?:mon|notre|my|our) (?:cas|case|probleme|histoire)"
    r"|(?:ce|c) (?:que|dont|ke) (?:je|j'|on|nous|moi)|what i)"
)
_OPENING = (
    r"^(?:(?:bonjour|merci|ok|bah|ben|euh|bon|oui|non|nan|desolee?|pardon|pff+|franchement|en fait|enfin|moi|sorry|no"
    r"|hmm+|toujours|tjrs|vraiment|je (?:pense|crois|trouve) que|il me semble que) )*"
)
_THAT = r"(?:c'|ce |cest |c |ca |cela |sa |that |that's |this |it )"
_SERVING = (
    r"(?:(?:m'|nous |me )(?:aid|avanc|di[ts]|eclair|appren|ser[tv]|convien|suffi|convain)\w*|repon\w* (?:qu')?a moitie"
    rf"|(?:(?:repon|corresp|rapport|voir|trait|concern|port|regl)\w*|answer\w*|help\w*)\b.*\b{_MINE})"
)
_WISHED = rf"(?:ca|cela|une (?:vraie )?reponse|la (?:bonne )?reponse|{_MINE})"
_REPROACHES = re.compile(
    "|".join(
        (
            # Of what is yours: « votre fiche est trop générale », « c'est n'importe quoi votre réponse ».
            rf"\b{_YOURS}\b.*\b(?:{_DENYING}|{_BAD})\b|\b(?:{_DENYING}|{_BAD})\b.*\b(?:{_YOURS}|comme reponse)\b",
            rf"\b{_YOURS} (?:ne |n'|me |m')+(?:trait|parl|di[ts]|repon|tien|donn|corresp|concern|explique)",
            r"\b(?:revoir|relire|corriger|reformuler|preciser) (?:votre|cette|la) (?:reponse|fiche)\b",
            # Of you: « vous n'avez pas répondu », « vous répondez à côté », « vous me parlez de travaux ».
            rf"\b{_YOU}\b.*\b(?:{_DENYING} (?:\S+ ){{0,2}}{_HEARD}|{_HEARD} (?:\S+ )?{_DENYING})\b",
            rf"\b{_YOU}\b.*\b{_BESIDE}\b|^(?!merci |.*\b{_ASKED}\b).*\b{_YOU} {_TELL}\b",
            # Of that: « ça ne me dit pas si… », « repond pas a ma question », « rien à voir avec ce que je demande ».
            rf"{_OPENING}(?=.*\b{_DENYING}\b){_THAT}?(?:ne |n'|does |{_DENYING} (?:a )?)*{_SERVING}",
            rf"{_OPENING}{_THAT}?(?:n'|is )?(?:est |etait )?(?:vraiment )?{_DENYING} (?:du tout |really )?{_WISHED}\b",
            rf"{_OPENING}{_THAT}(?:n'est |is )?(?:vraiment )?{_DENYING} (?:clair|helpful)(?: du tout| at all)?$",
            rf"\b(?:{_DENYING}|quel)\b.* rapport avec {_MINE}",
            rf"{_OPENING}c'est (?:bien |beaucoup )?trop (?:theorique|abstrait|technique|vague|flou|general)\b",
            # Of what was meant: « ma question portait sur… », « je parlais de… », « je reste sur ma faim ».
            r"\b(?:ma (?:question|kestion)|la question) (?:ne |n'|c')?(?:portait|etait|concernait|parlait|reste)\b",
            rf"{_OPENING}je (?:ne )?(?:parlais (?:pas )?(?:de|d'|du|des)|parle pas (?:de|d'|du|des)|demandais)\b",
            rf"{_OPENING}(?:g demande|je me suis (?:\S+ )?mal exprimee?)\b",
            rf"{_OPENING}j'(?:(?:ai|avais) (?:bien |deja |pourtant )?precise|(?:esperais|attendais) une reponse)\b",
            rf"{_OPENING}(?:je|on) reste sur (?:ma|sa) faim\b|\btourne\w* en rond\b",
        )
    )
)
_THIS = rf"(?:cette|ces|ce|cet) {_SAID}"
# Of a bid as well as of Guichet's answer: a complaint when nothing is asked.
_OF_THE_ANSWER = re.compile(
    rf"\b{_THIS}\b.*\b(?:{_DENYING}|{_BAD})\b|\b(?:{_DENYING}|{_BAD})\b.*\b{_THIS}\b"
    rf"|{_OPENING}(?:je (?:ne )?parle (?:de|d'|du|des)|il ne s'agit pas)\b"
    rf"|{_OPENING}{_THIS} (?:concern|dat|cit|parl|renvoi|di[ts]|trait|suppos|port)"
    rf"|{_OPENING}{_GIVEN} (?:(?:n'|ne |m'|me |est |sont ).*\b(?:{_DENYING}|{_BAD})\b|ne (?:trait|parl|di[ts]|donn))"
    rf"|{_OPENING}{_YOURS} (?:concern|dat|cit|parl|renvoi|di[ts]|trait|suppos|port)"
    rf"|{_OPENING}(?:(?:encore )?(?:une )?reponse (?:{_BAD}|toute faite)|{_BAD} reponse)s?$"
)


def reproaches(message: str) -> bool:
    """Tell whether a message says of what Guichet answered that it does not do, whatever else it says."""
    if len(message) > _LONGEST or len(message.split()) > _MOST:
        return False
    folded = "\n".join(_RESUMED.sub(r"\1 \2. votre \2 ", text.fold(line)) for line in message.splitlines())
    clauses = [clause.strip() for clause in _BETWEEN_CLAUSES.split(folded)]
    if any(_REPROACHES.search(clause) for clause in clauses):
        return True
    return not replies.asks(message) and any(_OF_THE_ANSWER.search(clause) for clause in clauses)
