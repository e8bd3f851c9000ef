"""What a message is after, beside its subject: thanks, a human, "where is my question?", a document to copy.

Each test of what is no question to the library accepts a message only when *all* its words belong to a closed
vocabulary and it holds the gist, so that a real question that merely contains these words is never swallowed.
"""

from __future__ import annotations

import re
from itertools import islice

from knowledge import numbered, text
from knowledge.lexicon import SIGNING, abbreviations, first_names
from knowledge.spelling import dictionary_of

LONGEST = 20  # words: beyond, a message says more than its intent
_WORD = re.compile(r"[^\W_]+")

_FILLERS = frozenset(
    """a ah alors aussi au bonjour bonsoir bjr bon bonne ca cdt cest c coucou de des du d donc en encore est et eh
    etait excellent fin h hello hi ici il j je journee jai la le les lol me merci moi mon ma mes n ne non
    nous nos notre ok okay oui ouais par pas plus parfait pour pr que qu s salut semaine si slt soiree stp
    super svp t te toi toute tout toujours tjrs tres un une vous vs votre voila week weekend y yes vraiment
    bien sil plait please the to i you your my is it an for have has and so am still at all ce cette sur
    deja""".split()
)
_THANKS = frozenset(
    """merci mercis mrc mci mercii remercie remercions remerciements thanks thank thx ty cimer cheers""".split()
)
_THANKING = frozenset(
    """beaucoup bcp mille infiniment reponse reponses aide retour rapidite rapide efficace clair claire utile
    nickel top genial impeccable note compris entendu accord d'accord dac daccord bonne fin a bientot much
    very lot great help grand bravo cool perfect cordialement c'est gentil gentils sympa excellente
    precieuse precieux information informations info infos precision precisions bonjour equipe temps
    exactement il fallait cherchais avance avec l reactivite comprehension prise pris charge avoir m repondu etes
    end many advance in team chef regarde transmets lis elu elue elus collegue collegues dgs maire""".split()
)
_WISHED = r"bonne? (?:journee|soiree|nuit|apres midi|week ?end|continuation|fin de (?:journee|semaine))"
_LEAVING = re.compile(
    r"(?:(?:ok|bon|allez|bah|parfait|super) )?"
    rf"(?:au revoir|bye(?: bye)?|goodbye|see you|ciao|a (?:bientot|plus tard|plus|demain|la prochaine)|{_WISHED})"
    rf"(?: (?:et )?(?:tout le monde|a (?:bientot|tous|toutes|vous|toi)|bye|merci|{_WISHED}))*"
)
_TITLES = frozenset("madame monsieur mme mr m mlle".split())
_MUCH = frozenset("beaucoup bcp bien infiniment".split())
_PLURAL = ("s", "x")
_SIGNED = re.compile(rf"\b{SIGNING}\b[^?]{{1,120}}\Z", re.IGNORECASE)
_TOLD_APART = re.compile(r"[\w'’-]+|[^\s\w]")  # a word, or a sign after which no surname follows
_ALL_THE_SAME = re.compile(r"\b(?:quand|qd|qnd|kan|kand) (?:meme|mm)\b|\bmalgre tout\b")
_HUMAN = frozenset(
    "expert experts experte humain humaine humains quelqu'un qqun qqn quelquun conseiller conseillere human someone "
    "somebody appelez rappelez".split()
)
_REACHING = frozenset(
    """ou quelqu parler parle parlez discuter echanger contacter contact joindre appeler repondre reponde repond
    reponds reponse avoir avis voir veux veut voudrais voudrai vx souhaite souhaiterais aimerais prefere
    preferais prefererais faut besoin demande demander transmettre transmets transmettez transmet passez
    passer mettez mettre relation question demandes vrai vraie vrais reel reelle personne real person peux
    peut puis pouvez possible est-ce est-il directement plutot avec bot robot pas machine assistant etre mis
    rappele rappeler rappel telephone want talk speak with need can could like would
    answer rather envoyez envoyer adresser adressez soit me voie m ai avons bah ben""".split()
)
_HUMAN_TOO = re.compile(
    r"\b(?:je (?:veu[xt]|voudrais?|souhaite(?:rais)?|prefere(?:rais)?)|j'aimerais|c(?:'?est)? possible d'|passez[ -]moi"
    r"|i (?:want|need)|i'd like)(?: (?:a|to))?(?: ?(?:avoir|parler|echanger|talk|speak))?(?: (?:a|avec|to|with))? "
    r"?(?:l'|une? |a |an )(?:vrai(?:e)? )?(?:experte?|humain|conseiller|conseillere|human)\b"
    r"(?![ -](?:en|dans|agree|comptable|judiciaire|conseil|forestier|forestiere|immobilier|foncier|automobile|geometre"
    r"|batiment|independant|assermente|numerique|municipal|municipale|communautaire|departemental|regional)\b)"
)
_PRESSING = frozenset(
    """urgent urgente urgence vite rapidement presse aujourd'hui aujourd hui demain matin midi soir lundi mardi mercredi
    jeudi vendredi avant urgently quickly today tomorrow""".split()
)
_OPENING = frozenset(
    """aide aider aidez aurais aurait ai as avez avoir besoin question questions questionnement demande souci soucis
    probleme probleme truc chose renseignement renseignements info infos conseil rebonjour re bsr hey allo cc test
    tous toutes monde equipe madame monsieur mesdames messieurs chers cheres collegues collegue etes suis nouveau
    nouvelle quelqu qqn qqun quelquun debut debute arrive arrivee there good morning afternoon evening
    everyone all question help need can could some me hi hello any anybody somebody here are we us petite petit
    simple rapide rapidement besoin poser voudrais aimerais souhaite souhaiterais voulais pourrais peux peut pouvez
    pourriez dispo disponible urgent urgente urgence bonsoir savoir ou
    information informations renseignements""".split()
)
EMPTY = _FILLERS | _OPENING
# What is asked without saying of what: "c'est obligatoire ou pas ?".
OF_NOTHING = frozenset("obligatoire obligatoires possible interdit interdite autorise autorisee legal normal".split())
_REPLY = r"\b(?:reponse|rep|retour|nouvelles?|repondu|recu)\b"
_STATUS_GIST = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bou (?:ca )?en (?:est|sont|etes|sommes)\b.*\b(?:question|demande|ticket|dossier|reponse|message)s?\b",
        r"\bdes nouvelles\b|\bdu nouveau\b|\bquelles nouvelles\b|\bdes news\b",
        r"\b(?:toujours|tjrs|tjs|tjr|encore)\b.*\b(?:pas|aucune?|rien|sans)\b.*" + _REPLY,
        r"\b(?:pas|aucune?|rien|sans)\b.*\b(?:encore|toujours)\b.*" + _REPLY,
        r"\b(?:pas|rien) (?:de |d')?(?:eu |recu )?(?:de )?" + _REPLY + r".*\bma (?:question|demande)\b",
        r"\b(?:attends|j'attends|attend|patiente)\b.*\b(?:reponse|rep|retour)\b",
        r"\b(?:statut|etat|suivi|avancement)\b.*\b(?:ma|mes|mon) (?:question|demande|ticket|dossier)s?\b",
        r"\bquand\b.*\b(?:aurai|aurais|vais|va|recevrai)\b.*\b(?:ma |une )?(?:reponse|rep)\b",
        r"\b(?:reponse|rep|retour)\b.*\bpour quand\b|\b(?:repond\w*|c est pour|est pour) quand\b",
        r"\b(?:toujours|tjrs|tjs|tjr|encore) rien\b|\brien (?:encore|toujours)\b",
        r"\bj? ?attends? (?:toujours|encore|depuis)\b",
        r"\b(?:qui|quelqu un|qqn|qqun) s['’ ]?en occupe\b|\bpris(?:e)? (?:en charge )?ma (?:question|demande)\b",
        r"\bquand (?:que|qu|est[ -]ce qu[e']?)\b.*(?:\brepondez\b|" + _REPLY + r")|\bquand (?:vous )?repond(?:ez|s)\b",
        r"\b(?:ma|mes) (?:question|demande|dossier)s? (?:elle )?avancen?t?\b",
        r"\bstatus of my (?:question|request|ticket)\b|\bany news\b|\bstill no (?:answer|reply|news)\b",
        r"\bwhere is my (?:question|answer|request|ticket)\b",
    )
)
# « Où en est-on ? », whole: the same words may tell where a purchase stands.
_WHERE = re.compile(
    r"(?:(?:alors|bon|et|bonjour|donc|sinon) )*"
    r"(?:ou (?:ca|c|on|vous) en (?:est|etes)|ou en (?:est|etes) (?:t )?(?:on|ca|vous)|ca en est ou"
    r"|(?:est ce que )?ca avance)"
    r"(?: (?:svp|stp|merci|alors|maintenant|(?:pour |avec )?ma (?:question|demande)))*"
)
_MISSPELT = re.compile(r"\b[kq]u?e?s?ti?on(s?)\b")
_OF_A_SUBJECT = re.compile(
    r"\b(ma|mes|my) ((?:question|ticket)s?),? (?:sur|concernant|relative aux?|a propos|au sujet|pour|about|on)\b"
    r"[^?.!;:,]{1,80}?(?=(?: (?:svp|stp|merci|please|s'il .*))*[ ?.!]*$)"
)
_STATUS = frozenset(
    """ou en est sont etes etait question questions demande demandes ticket dossier reponse reponses rep retour
    message nouvelles nouvelle nouveau news toujours tjrs tjs tjr tj pas aucune aucun rien recu recue eu
    avez avoir attends attend attente patiente depuis jours jour hier semaine longtemps quand aurai aurais
    vais va recevrai recevoir statut etat suivi avancement suis savoir peux peut puis voudrais comment
    avance repondu repondre m'avez posee pose envoyee envoye any status of answer reply request where no
    still ca sans d'ici lundi mardi mercredi jeudi vendredi derniere dernier aujourd hui oublie oubliee
    relance petite petit rapide il y a qqun qqn quelqu vu traitee traite prise pris charge compte sujet qui occupe
    repondez repond ai allez inadmissible scandaleux honteux alors euh oh""".split()
)

# "Je retire ma question": compared word by word, apostrophes left out.
_BACK = frozenset(
    """retire retirer retirez retirons retiree annule annuler annulez annulons annulee annulation supprimer supprime
    supprimez abandonne abandonner abandonnons laisse laisser laissez laissons tomber oublie oublier oubliez oublions
    cloturer cloture cloturez clore close fermer ferme fermez reprends besoin peine objet utile necessaire sans question
    questions demande demandes ticket message posee envoyee trouve trouvee solution reponse repondre aide resolu
    resolue regle reglee regler probleme souci tant pis finalement entre temps meme seul seule compte fait
    erreur part suis trompe trompee doublon vaut rien pouvez pourriez voudrais veux souhaite souhaiterais aimerais
    prefere desole desolee excusez autrement ailleurs collegue eu maintenant on ai avons toutes deux trois ben bah stop
    everything withdraw cancel close drop forget never mind nevermind need longer no want would like can could found
    answer request sorry anymore""".split()
)
_QUESTION = (
    r"(?:(?:(?:toutes )?(?:mes|les|nos)|ma|la|cette|notre|mon|ce|my|the|this) )(?:\w+ )?"
    r"(?:question|demande|ticket|message|request)s?"
)
_ALL_OF_IT = r"(?:(?:le )?tout|ca|cela|les (?:deux|trois)|everything)"
_NEEDLESS = re.compile(
    r"\bplus (?:besoin|(?:la )?peine|utile|necessaire|d objet)\b(?! (?:de |d )?(?:retir|annul|supprim|clo|ferm))"
)
_TAKEN_BACK = re.compile(
    r"\b(?:(?<!vous )(?:retire|annule|supprime|abandonne|cloture|ferme|oublie)z"
    r"|(?:retire|annule|supprime|abandonne|cloture|ferme|oublie)r?|clore|reprends|retirons|annulons|abandonnons"
    rf"|withdraw|cancel|close|drop|forget) (?:{_QUESTION}|{_ALL_OF_IT})\b"
    r"|\b(?:question|demande) (?:annulee|retiree|(?:est |etait )?sans objet)\b"
    r"|\bannulation de (?:ma|la|notre|cette) (?:question|demande)\b"
    r"|^(?:j annule|annulez?|annuler|annulation|je retire|retire[rz]?|cancel|withdraw)(?: (?:svp|stp|merci|please))*$"
    r"|\btout annuler\b"
    r"|\b(?<!vous )annulez\b|\b(?:j|on) annule\b"
    r"|\b(?<!vous )(?<!me )(?<!nous )(?<!m )laisse[rz]? tomber\b|\blaissons tomber\b|\bnever ?mind\b|^forget it$"
)
_FOUND = re.compile(
    r"\b(?:j ai|jai|on a|nous avons) (?:(?:bien|deja|enfin) )?"
    r"(?:trouve(?! (?!la\b|une\b|ma\b|notre\b|ailleurs|entre|merci|tout|seule?\b|finalement|desole|tant|donc|du coup))"
    r"(?! (?:une|la|notre|ma) (?!solution|reponse))|eu (?:ma|la|une|notre) reponse)\b"
    r"|\b(?:c est|cest|(?:le )?(?:probleme|souci)) (?:(?:bon|deja|est) )*(?:regle|resolu)\b|\bi found\b"
)
_TAKING_ALL = (
    r"\b(?:(?:retire|annule|supprime|abandonne|cloture|ferme|oublie)[rz]?|retirons|annulons|abandonnons"
    r"|withdraw|cancel|close|drop|forget) (?:les )?"
)
_EVERY_ONE = re.compile(
    rf"{_TAKING_ALL}(?:tout(?= (?:svp|stp|merci|please|s il)\b|$)|toutes(?: (?:mes|les|nos) \w+)?(?= |$)"
    rf"|(?:mes|nos|my) (?:questions|demandes|requests)\b|everything\b)|\btout annuler$"
)
_SO_MANY = {2: re.compile(rf"{_TAKING_ALL}(?:deux|both)\b"), 3: re.compile(rf"{_TAKING_ALL}trois\b")}
# The same among other words: which question is taken back is then asked, were there but one.
_PERHAPS_BACK = re.compile(
    r"\b(?<!vous )(?:annule|retire|supprime|abandonne|cloture|ferme)(?:z|r)? (?:donc |bien |svp )?"
    rf"{_QUESTION}(?! (?:de|d|pour) )|\bje (?:la|le|les) retire\b|\bje retire$"
    r"|\bvous pouvez (?:tout )?(?:laisser tomber|annuler|cloturer|abandonner)\b"
)
_KEEPING = re.compile(
    r"\b(?:ne|n|pas|plus|jamais|comment|si|non) (?:\w+ ){0,2}(?:annul|retir|supprim|abandonn|clotur|ferm|laiss)"
)
_WISHING = frozenset("pouvez pourriez can could".split())
_KEPT = frozenset("pas plus jamais non not".split())

_HELP = re.compile(
    r"(?:(?:bonjour|svp|stp) )?(?:(?:a l )?aide|help(?: me)?|sos|aide[rz]? (?:moi|nous))(?: (?:svp|stp|please|merci))?"
)
_DOCUMENT = re.compile(
    r"\b(?:modele|trame|canevas|template)s?\b"
    r"|\b(?:plan|clause|cctp|ccap|courrier|lettre|document|convention|grille|tableau|reglement|deliberation|formulaire"
    r"|questionnaire|charte|contrat|cahier)s?[ -]types?\b"
    r"|\bsample (?:letter|clause|contract|plan|document)s?\b"
)

_FUNDING = re.compile(
    r"\bsubvention\w*|\bfinance(?:r|ment|ments|e|ent)?\b|\b(?:des|quelles|les) aides\b|\bd'aides\b"
    r"|\baides? (?:financ\w+|de l'etat|europeennes?)|\bfonds vert\b|\bgrants?\b|\bfunding\b"
)


def is_thanks(message: str) -> bool:
    """Tell whether the message only thanks or takes leave: "merci Marc", "au revoir", never "merci de me dire si…"."""
    unsigned = _SIGNED.sub(" ", message) if len(message) <= text.CONSIDERED else message
    found = bare_words(_ALL_THE_SAME.sub(" ", text.fold(unsigned)))
    if _LEAVING.fullmatch(" ".join(found)):
        return True
    if len(found) > LONGEST or _THANKS.isdisjoint(found):
        return False
    return _all_in(found, _FILLERS | _THANKS | _THANKING | _TITLES | _named(unsigned))


def wants_human(message: str) -> bool:
    """Tell whether the message only asks for a person: "un expert", "parler à qqun svp"."""
    found = bare_words(message)
    gist = (
        bool(_HUMAN & set(found))
        or {"pas", "robot"} <= set(found)
        or "quelqu" in found
        or ("personne" in found and _real(found))
    )
    return gist and _all_in(found, _FILLERS | _HUMAN | _REACHING | _PRESSING)


def wants_human_too(message: str) -> bool:
    """Tell whether a message that says more also asks for a person: « … du nettoyage, je veux un expert »."""
    return bool(_HUMAN_TOO.search(text.fold(message)))


def presses(message: str) -> bool:
    """Tell whether a wish for a person also says by when: "un expert svp, j'ai besoin de la réponse demain matin"."""
    return not _PRESSING.isdisjoint(bare_words(message))


def says_nothing(message: str) -> bool:
    """Tell whether the message only greets or announces a question: "coucou tout le monde", "j'ai un souci"."""
    return _all_in(spelt_words(message), EMPTY | OF_NOTHING)


def asks_status(message: str) -> bool:
    """Tell whether the message only asks what becomes of a question: "tjrs pas de réponse ?", "où en est la 12 ?"."""
    folded = _MISSPELT.sub(r"question\1", text.fold(_unnumbered(message)))
    said = _OF_A_SUBJECT.sub(r"\1 \2", folded) if len(message) <= text.CONSIDERED else folded
    found = bare_words(said)
    if _WHERE.fullmatch(" ".join(found)):
        return True
    return _all_in(found, _FILLERS | _STATUS) and any(gist.search(said) for gist in _STATUS_GIST)


def asks_help(message: str) -> bool:
    """Tell whether the message only calls for help: "aide", "help svp", "aidez-moi"."""
    return bool(_HELP.fullmatch(" ".join(bare_words(message))))


def takes_back(message: str) -> bool:
    """Tell whether the message only takes a question back: "annulez la n° 12 svp", "j'ai trouvé, laissez tomber"."""
    found = bare_words(_unnumbered(message))
    # "Ma question est-elle annulée ?" asks for news; "vous pouvez annuler ma demande ?" is a wish.
    if not _all_in(found, _FILLERS | _BACK) or ("?" in message and _WISHING.isdisjoint(found)):
        return False
    # "Plus besoin" takes it back as well; any other denial keeps it: "n'annulez pas ma demande".
    said, needless = _NEEDLESS.subn("", " ".join(found))
    return _KEPT.isdisjoint(said.split()) and bool(needless or _TAKEN_BACK.search(said))


def may_take_back(message: str) -> bool:
    """Tell whether a message that says more may take a question back: « annulez ma question, c'est signé »."""
    said = " ".join(bare_words(_unnumbered(message)))
    kept = "?" in message or len(said.split()) > LONGEST or _KEEPING.search(said)
    return not kept and bool(_PERHAPS_BACK.search(said))


def speaks_of_all(message: str, count: int) -> bool:
    """Tell whether a message that takes back speaks of so many questions: "annulez tout", of two "annulez les deux"."""
    said = " ".join(bare_words(message))
    return bool(_EVERY_ONE.search(said) or (count in _SO_MANY and _SO_MANY[count].search(said)))


def has_found(message: str) -> bool:
    """Tell whether the message only says that no answer is needed any more: "c'est bon j'ai trouvé", "c'est réglé"."""
    found = bare_words(message)
    said = " ".join(found)
    return (
        "?" not in message
        and _all_in(found, _FILLERS | _BACK)
        and _KEPT.isdisjoint(found)
        and bool(_FOUND.search(said))
    )


def questions_named(message: str) -> tuple[int, ...]:
    """Return the numbers of the questions that a message takes back, asks after or wants a human for, if it does."""
    wishes = takes_back(message) or asks_status(message) or wants_human(_unnumbered(message))
    return numbered.numbers(message) if wishes else ()


def names_a_document(words: str) -> bool:
    """Tell whether words speak of a document to fill in or to copy: "un modèle de convention", "un plan type"."""
    return bool(_DOCUMENT.search(text.fold(words)))


def names_funding(words: str) -> bool:
    """Tell whether words speak of money that somebody gives: "il y a des aides pour…", "une subvention"."""
    return bool(_FUNDING.search(text.fold(words)))


def _named(message: str) -> frozenset[str]:
    """Return the words that name somebody: a first name or a title, and a surname after it that is no plural word.

    A capital alone tells no name: « Merci, Annulez », « Photocopieurs » on a line of its own. A first name without one
    is the name of who is thanked.
    """
    if "?" in message or len(message) > text.CONSIDERED:
        return frozenset()
    named: set[str] = set()
    for line in message.splitlines():
        follows = titled = thanked = False
        for said in _TOLD_APART.findall(line):
            if titled and said == ".":
                continue  # « M. Durand »
            parts = frozenset(bare_words(said))
            called = (said[0].isupper() or thanked) and parts <= first_names()
            surname = follows and said[0].isupper() and not _is_plural(said)
            titled = bool(parts) and parts <= _TITLES
            follows = bool(parts) and (called or surname or titled)
            thanked = bool(parts) and parts <= _THANKS | _MUCH
            named |= parts if follows else frozenset()
    return frozenset(named)


def _is_plural(word: str) -> bool:
    """Tell whether a word is a plural of the language, as a subject mostly is and a surname seldom."""
    folded = text.fold(word)
    return folded.endswith(_PLURAL) and folded in dictionary_of(text.Language.FRENCH)


def _real(found: list[str]) -> bool:
    return bool({"vrai", "vraie", "reelle", "parler", "une"} & set(found))


def _all_in(found: list[str], vocabulary: frozenset[str]) -> bool:
    return 0 < len(found) <= LONGEST and all(word in vocabulary for word in found)


def _unnumbered(message: str) -> str:
    """Return a message without the numbers of its questions; one that says more than an intent stays as it is."""
    return message if len(message) > text.CONSIDERED else numbered.unnumbered(message)


def spelt_words(message: str) -> list[str]:
    """Return the words of a message, chat spellings undone, or as many as make it say more than an intent."""
    table = abbreviations().words
    return [spelt for word in bare_words(message) for spelt in table.get(word, (word,))]


def bare_words(message: str) -> list[str]:
    """Return the words of a message, or as many as make it say more than an intent."""
    if len(message) > text.CONSIDERED:
        return []
    return [match.group() for match in islice(_WORD.finditer(text.fold(message)), LONGEST + 1)]
