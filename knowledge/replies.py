"""Short replies to what was just said: a choice among suggestions, a yes, a no, and words that carry on a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge import lexicon, text

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDINALS = {
    1: frozenset("1 un une premier premiere 1er 1ere first one".split()),
    2: frozenset("2 deux deuxieme second seconde 2e 2eme two".split()),
    3: frozenset("3 trois troisieme 3e 3eme third three".split()),
}
_LAST = frozenset("dernier derniere last".split())
_OTHERS = frozenset("4 5 6 7 8 9 quatre cinq quatrieme cinquieme et".split())
NO_SUCH_RANK = 0
_BOTH = 2
_AROUND_PICK = frozenset(
    "la le les l numero no n num celle celles c'est c est seulement plutot et aussi question questions demande "
    "demandes retire retirez annule annulez svp stp oui merci the number please yes and also".split(),
)
_AROUND_CHOICE = frozenset(
    "le la les l numero no n num fiche option reponse choix plutot je veux prends prend lire voir c'est c est celle "
    "celui svp stp oui merci the number please yes".split(),
)
_YES = frozenset(
    "oui ouais yes ok okay parfait super nickel exact exactement tout fait c'est c est bon ca cela repond me suffit "
    "convient repondu a ma question va impeccable genial top merci d'accord d accord dac j'ai j ai ma reponse it does "
    "perfect great thanks solved that answers my bien du fait beaucoup".split(),
)
_YES_FIRST = re.compile(r"(?:oui|ouais|yes)\b(?![ ,.!]*(?:mais|sauf|but|except)\b)")
_PLAIN_YES = frozenset("oui ouais yes".split())
_YES_GIST = frozenset(
    "oui ouais yes ok okay parfait exactement repond repondu convient suffit solved perfect answers".split(),
)
_NO = frozenset(
    "non no nope pas aucun aucune ni rien ne n ca cela c'est c est ce que je cherche cherchais ma question la bonne "
    "reponse repond a de d ces celles celle des les fiches autre chose du tout satisfait convient correspond en none "
    "of these not what i need merci desole mais vraiment deux trois the two three nan sa cest fait mon cas "
    "notre situation finalement".split(),
)
_NO_GIST = frozenset("non nan no nope pas aucun aucune rien none not autre".split())
_NUDGING = frozenset("alors et eh bien donc du coup hello allo ho oh so well".split())
_CASE = frozenset(
    "c'est c est cest pour pr un une le la notre mon de d du en a environ soit sera marche marches montant budget "
    "estime total k euros euro eur ht ttc mapa gre procedure adaptee formalisee appel d'offres offres ouvert et an ans "
    "sur".split(),
)
_PROCEDURE = frozenset("mapa gre procedure d'offres".split())
_AGREEING = r"(?:(?:oui|ok|okay|d'accord|merci|bien recu|non|yes|no|thanks)[ ,.!]+)*"
_CARRYING_ON = re.compile(
    rf"^{_AGREEING}(?:et|mais|en fait|enfin|aussi|oups|pardon|desolee?|ps|p\.s|precision"
    r"|(?:juste )?pour (?:etre )?precis\w*|pour info|je precise|plus precisement|autre precision"
    r"|j'ai oublie|j ai oublie|jai oublie|j'oubliais"
    r"|c'?(?: ?est)? pour|il s'agit|il s agit|a savoir|sachant|le montant"
    r"|and|also|but|actually|sorry|i forgot|to clarify|to be precise"
    r"|for info|finalement|au final|en realite|correction|rectificatif|je (?:rectifie|corrige|me suis trompee?)"
    r"|i was wrong|my mistake|in fact)\b",
)
_STATING = re.compile(
    r"^(?:(?:c'est|c est|cest|c) (?:une?|du|des)|notre marche|le marche (?:est|fait|porte)|on est|nous sommes)\b"
)
_POINTING_BACK = re.compile(r"\b(?:ca|cela|dans ce cas|du coup)\b")
_TURNING_DOWN = re.compile(
    r"^(?:non|nan|no|nope|pas (?:ca|cela|du tout|vraiment)|(?:c'?est?|ce n'est|c'?) pas"
    r" (?:ca|cela|du tout|ma question|le sujet|(?:mon|notre|le) cas)|rien a voir|not (?:that|quite|really))\b",
)
_REQUESTING = re.compile(
    r"\b(?:(?:je|j|on|nous|me|i) (?:voudr|aimer|souhait|cherch|dois|doit|devons|faut|need|want)\w*"
    r"|j'(?:aimer|ai besoin)\w*|recherche|svp|stp|s'il|help|aide[rz]?|please"
    r"|(?:dis|donne|explique|traduis|calcule|fais|ecris)[ -](?:moi|nous))\b"
)
_PRIVATE_LIFE = re.compile(
    r"\b(?:mon|ma|mes|my) (?:(?:petite?s?|ex|belle|beau)[ -])?(?:fils|filles?|enfants?|bebe|mari|femme|conjointe?"
    r"|compagne|copine?|mere|pere|parents?|famille|freres?|soeurs?|voisine?s?|maison|appart\w*|jardin|chien|chat|voiture|permis"
    r"|son|daughter|kids?|husband|wife|mother|father|neighbou?r|house|garden|dog|cat|car)\b"
)
_SPEAKING_TO = re.compile(r"\b(?:vous|votre|vos|tu|ton|ta|tes|toi|your?s?)\b")
_ASKING = re.compile(
    r"\?|^(?:la )?definition\b|^(?:qui|how|what|which|why|can|should|may|is|are|do|does)\b"
    r"|\b(?:comment|combien|pourquoi|(?:les)?quel(?:le)?s?(?! que)|quoi|ke[sz]k\w*|[kq]e[sz]ac?ko"
    r"|(?:est|pour|depuis|jusqu'a) quand|que (?:faire|dois|doit|peut|puis)|est[ -]ce qu[e']?|peut[ -]on|puis[ -]je"
    r"|dois[ -]je|doit[ -]on|faut[ -]il|a[ -]t[ -]on|pouvons[ -]nous|devons[ -]nous|what (?:to do|can|should)"
    r"|how (?:to|can|do)|can we|should we)\b"
    r"|\bou (?:pas?|non)\b|\bje me demande\b|\bpar ou\b|\b(?:voudrai|aimerai|souhait)\w* (?:savoir|connaitre)\b",
)
_UNKNOWN = (
    r"(?:pas encore|aucune idee|sai[st] pas|savons pas|pas fixee?|inconnue?s?|a definir|not (?:yet|known)|don't know)"
)
_CASE_TOLD = r"(?:montants?|budget|estimation|procedures?|stade|amount|procedure|stage)"
_LEFT_OPEN = re.compile(rf"\b(?:{_CASE_TOLD}\b.{{0,40}}\b{_UNKNOWN}|{_UNKNOWN}\b.{{0,40}}\b{_CASE_TOLD})\b")
_WITHOUT_KNOWING = re.compile(
    r"\b(?:(?:sai[st]|savons|connai[st]) pas|n'importe|not know|don't know)(?: (?:encore|trop|bien|yet))? \w+"
)
_GREETINGS = frozenset("bonjour bonsoir bjr bsr salut slt coucou hello hi hey rebonjour yo good".split())
_AROUND_GREETING = frozenset(
    "tout le monde a tous toutes l'equipe equipe guichet madame monsieur chers cher collegues collegue et bien ca va "
    "comment allez vous j'ai j ai aurais une question questions des poser vous te je souhaiterais souhaite voudrais "
    "me permets de svp stp s'il plait d'aide aide besoin d il y quelqu'un quelqu un la morning afternoon evening there "
    "everyone i have cordialement cdt salutations regards".split(),
)
_ME_TOO = frozenset(
    "moi nous avons on aussi pareil idem meme la c'est c est question exactement oui j'ai j ai ma notre tout a fait en "
    "suis me too same here".split(),
)
_ME_TOO_GIST = frozenset("aussi pareil idem meme too same".split())
_HEARD = frozenset(
    "d'accord accord daccord dac note noted bien recu received compris understood entendu super top nickel genial "
    "impeccable parfait excellent great perfect cool ok okay oui yes c'est c est cest tres tout ca marche roule merci "
    "mrc beaucoup bcp bon bonne journee soiree week end weekend continuation fin de semaine a et tous vous gentil ah "
    "oh haha hahaha hihi hehe lol mdr ptdr bravo wow waouh chapeau bas j'adore adore sympa got it".split(),
)
_HEARD_GIST = frozenset(
    "d'accord accord daccord dac noted recu received compris understood entendu super top nickel genial "
    "impeccable parfait excellent great perfect cool ok okay marche roule got journee soiree weekend week continuation "
    "haha hahaha hihi hehe lol mdr ptdr bravo wow waouh chapeau j'adore adore sympa gentil".split(),
)
_SIGNS_OF_YES = frozenset("👍👌✅🆗💯🤝")
_SIGNS_OF_NO = frozenset("👎❌🙅")
_SIGNS_OF_THANKS = frozenset("🙏😂🤣😆❤💙💚💛🧡💜😊🙂😀😃😄😁😉🤗👏🎉🙌💐😍🥰😇💪")
_BESIDE_SIGNS = re.compile("[\\s.!\ufe0f\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]+")  # skin tones, variants, dots
_MOST_SIGNS = 40  # characters
_RATINGS = {
    word: stars
    for stars, words in enumerate(("1 un une one", "2 deux two", "3 trois three", "4 quatre four", "5 cinq five"), 1)
    for word in words.split()
}
_THANKING = r"(?:merci(?: beaucoup)?|thanks|thank you)"
_GIVING = r"(?:(?:(?:ma |la )?note|(?:my )?rating|je (?:mets|donne|dirais)|i(?:'d)? give)(?: est| is| de|,)?[ :]*)"
_RATING = re.compile(
    rf"(?:{_THANKING}[ ,.!:]*)?{_GIVING}?({'|'.join(_RATINGS)})"
    rf"(?: ?/ ?5| (?:sur|out of) (?:5|cinq|five))?(?: (?:etoile|star)s?)?(?:[ ,.!]*{_THANKING})?[ .!]*",
)
_LONGEST_RATING = 40  # characters
_PLAINLY_RATING = re.compile(
    r"/ ?5|\b(?:sur|out of) |\b(?:etoile|star)|\b(?:note|rating|mets|donne|dirais|give)\b|[⭐★]"
)
_FRACTION = re.compile(r"\d ?/ ?\d")
_STARS = re.compile("([⭐★])(?:\ufe0f?\\1){0,4}\ufe0f?☆{0,4}")
_LONGEST_REPLY = 12


def choice(message: str, shown: int) -> int | None:
    """Return which of the suggestions ``shown`` the message only picks, from 1 on, else None.

    ``NO_SUCH_RANK`` when it picks several, or one that is not shown.
    """
    if rates(message):
        return None
    found = set(_words(message))
    ranks = _ranks(found)
    if found & _LAST:
        ranks.append(shown)
    picking = set().union(*_ORDINALS.values()) | _LAST | _OTHERS
    if not found & (picking - {"et"}) or not found <= picking | _AROUND_CHOICE:
        return None
    one = len(ranks) == 1 and ranks[0] <= shown and not found & _OTHERS and not chooses_several(message)
    return ranks[0] if one else NO_SUCH_RANK


def chooses_several(message: str) -> bool:
    """Tell whether what picks among suggestions picks several: « 1 et 3 », « les deux »."""
    found = set(_words(message))
    return len(_ranks(found)) > 1 or "les" in found


def picks(message: str, shown: Sequence[int]) -> tuple[int, ...]:
    """Return which questions a message only picks among those shown by their numbers: "la 12", "12 et 13", "toutes".

    None by its rank: « la première » may be the first shown or the first asked. « 5/5 » picks nothing.
    """
    if _FRACTION.search(message):
        return ()
    found = set(_words(message))
    said = found - _AROUND_PICK
    if said in ({"toutes"}, {"tout"}, {"all"}) or (len(shown) == _BOTH and said in ({"deux"}, {"both"})):
        return tuple(shown)
    numbers = {str(number): number for number in shown}
    return tuple(numbers[word] for word in numbers if word in said) if said and said <= numbers.keys() else ()


def agrees(message: str) -> bool:
    """Tell whether the message only says that the answer does."""
    found = set(_words(message))
    said = bool(found & _YES_GIST) and found <= _YES and "pas" not in found
    return said or (_is_of(message, _SIGNS_OF_YES | _SIGNS_OF_THANKS) and bool(_SIGNS_OF_YES & set(message)))


def says_yes(message: str) -> bool:
    """Tell whether the message only says yes, in that word: « oui merci », no « d'accord »."""
    return agrees(message) and not _PLAIN_YES.isdisjoint(_words(message))


def agrees_first(message: str) -> bool:
    """Tell whether the message opens by a yes, whatever it says next: « oui, et pour… ? », no « oui mais »."""
    return bool(_YES_FIRST.match(text.fold(message).lstrip(" .,;:-!")))


def acknowledges(message: str) -> bool:
    """Tell whether the message only says that what was told is heard: "d'accord", "bravo", "bonne journée", a smile."""
    if "?" in message:
        return False
    found = set(_words(message))
    # "Note" alone is also a command's name; "c'est noté" is none.
    gist = found & _HEARD_GIST or ("note" in found and len(found) > 1)
    heard = bool(gist) and found <= _HEARD
    return heard or agrees(message) or _is_of(message, _SIGNS_OF_THANKS)


def joins(message: str) -> bool:
    """Tell whether the message only says that the question shown is also theirs: "moi aussi"."""
    found = set(_words(message))
    return bool(found & _ME_TOO_GIST) and found <= _ME_TOO


def refuses(message: str) -> bool:
    """Tell whether the message only says that what was proposed does not do."""
    found = set(_words(message))
    return (bool(found & _NO_GIST) and found <= _NO) or _is_of(message, _SIGNS_OF_NO)


def greets(message: str) -> bool:
    """Tell whether the message only greets: "bonjour, j'ai une question"."""
    found = set(_words(message))
    return bool(found & _GREETINGS) and found <= _GREETINGS | _AROUND_GREETING


def carries_on(message: str) -> bool:
    """Tell whether the message opens like the continuation of something already said."""
    begins = text.fold(message).lstrip(" .,;:-!")
    if _CARRYING_ON.match(begins):
        return True
    return bool(_STATING.match(begins)) and (not asks(message) or bool(_POINTING_BACK.search(begins)))


def turns_down(message: str) -> bool:
    """Tell whether the message opens by turning down what was proposed, whatever it says next: "non, en travaux"."""
    return bool(_TURNING_DOWN.match(text.fold(message).lstrip(" .,;:-!")))


def asks(message: str) -> bool:
    """Tell whether the message asks something, with or without a question mark, in chat spelling too.

    « 40 k€, je ne sais pas encore quelle procédure » asks nothing.
    """
    chat = lexicon.abbreviations().words
    plain = " ".join(" ".join(chat.get(word) or (word,)) for word in text.fold(message).lstrip(" .,;:-!").split())
    return bool(_ASKING.search(_WITHOUT_KNOWING.sub(" ", plain)))


def nudges(message: str) -> bool:
    """Tell whether the message only calls for a word: « alors ? », « ?? »."""
    found = set(_words(message))
    return message.strip(" ?!.") == "" or (bool(found) and found <= _NUDGING and "?" in message)


def tells_of_private_life(message: str) -> bool:
    """Tell whether the message is of its writer's home: « mon fils n'a pas de place en crèche »."""
    return bool(_PRIVATE_LIFE.search(text.fold(message)))


def speaks_to(message: str) -> bool:
    """Tell whether the message is said to somebody: « vous pouvez m'appeler ? »."""
    return bool(_SPEAKING_TO.search(text.fold(message)))


def tells_the_case(message: str) -> bool:
    """Tell whether the message gives no more than an amount or a procedure: « c pour un marché de 80 000 »."""
    found = _words(message)
    told = [word for word in found if word[0].isdigit() or word in _PROCEDURE]
    return bool(told) and all(word in _CASE or word[0].isdigit() for word in found)


def requests(message: str) -> bool:
    """Tell whether the message wishes for something, though it asks nothing: « je cherche un appartement »."""
    return bool(_REQUESTING.search(text.fold(message)))


def leaves_open(message: str) -> bool:
    """Tell whether the message says that an amount, a procedure or a stage is not known yet."""
    return bool(_LEFT_OPEN.search(text.fold(message)))


def rating(message: str) -> int | None:
    """Return how many stars, 1 to 5, a message that only rates gives: "3/5", "4 étoiles", "cinq", "⭐⭐⭐", else None.

    Only what was just asked for is a rating: a bare "5" may be anything elsewhere.
    """
    said = message.strip()
    if len(said) > _LONGEST_RATING:
        return None
    if _STARS.fullmatch(said):
        return said.count(said[0])
    found = _RATING.fullmatch(text.fold(said))
    return _RATINGS[found[1]] if found else None


def rates(message: str) -> bool:
    """Tell whether the message is a rating even where none was asked for: « 5/5 », « 4 étoiles », no bare « 5 »."""
    return rating(message) is not None and bool(_PLAINLY_RATING.search(text.fold(message)))


def telling_words(message: str) -> int:
    """Return how many words of a message say what it is about, rather than that it asks."""
    return len(set(text.content(text.words(message))) - lexicon.asking_words())


def _ranks(found: set[str]) -> list[int]:
    return [rank for rank, names in _ORDINALS.items() if names & found]


def _is_of(message: str, signs: frozenset[str]) -> bool:
    """Tell whether the message is made of these signs alone, whatever their colour."""
    bare = _BESIDE_SIGNS.sub("", message) if len(message) <= _MOST_SIGNS else ""
    return bool(bare) and set(bare) <= signs


def _words(message: str) -> list[str]:
    if len(message) > text.CONSIDERED:
        return []
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.fold(message))
    return found if len(found) <= _LONGEST_REPLY else []
