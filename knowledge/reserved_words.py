"""What people write when a question is a human's: patterns over folded text, chat spellings undone.

Their gaps are bounded and stay within a sentence, so that a search is linear in the text. Each says what is meant in
as many ways as can be told apart from a general question; ``tests/knowledge/reserved.jsonl`` holds both.
"""

from __future__ import annotations

import re

_NEAR, _FAR, _WIDE = r"[^.?!;]{0,30}", r"[^.?!;]{0,60}", r"[^.?!;]{0,90}"
_DETERMINER = r"\b(?:notre|nos|mon|ma|mes|l'|une?|la|les?|du|d'une?) ?"
_THE = r"(?:\b(?:le|la|les|cette?|ces?) |\bl')"
_MINE = r"\b(?:notre|nos|mon|ma|mes) "
_OUR = r"\b(?:our|my) "


def _any(words: str) -> str:
    """Return a pattern for any of the words, dots standing for spaces; a plural mark is optional on each."""
    return r"\b(?:" + "|".join(word.replace(".", " ") for word in words.split()) + r")s?\b"


def _one(*patterns: str) -> str:
    return r"\b(?:" + "|".join(patterns) + r")\b"


def _together(first: str, second: str) -> str:
    """Return a pattern for both in one sentence, in any order."""
    return rf"(?:{first}){_WIDE}(?:{second})|(?:{second}){_WIDE}(?:{first})"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns, those that begin where a word does as one: it is then tried at words alone, in one pass."""
    at_words = [pattern for pattern in patterns if pattern.startswith((r"\b", r"(?:\b"))]
    elsewhere = [pattern for pattern in patterns if pattern not in at_words]
    return tuple(map(re.compile, (*filter(None, ["|".join(at_words)]), *elsewhere)))


_PARTY = _one(
    r"(?:titulaire|attributaire|prestataire|presta|fournisseur|delegataire|entreprise|entrepreneur|candidat"
    r"|societe)s?",
    r"(?:architecte|concessionnaire|sous-?traitant|soustraitant|cotraitant|imprimeur|traiteur|esat|loueur)s?",
    r"(?:constructeur|fabricant|exploitant|paysagiste|transporteur|editeur|livreur|soumissionnaire|concurrent)s?",
    r"(?:cabinet|grossiste|boite|maraicher|boulanger|groupement|blanchisserie|jardinier|plombier|electricien"
    r"|macon)s?",
    r"maitres? d'oeuvre|bureaux? d'etudes?",
)
_PARTY_IN_ENGLISH = r"(?:contractor|supplier|provider|bidder|vendor|company)\b"
_REQUEST = r"\b(?:pouvez|pourriez|peux|peut|merci de|possible de|svp|aimerais|voudrais)\b"
_CONTRACT = _any("marche procedure signature attribution contrat consultation")

# A dispute or an appeal
_COURT = _one(
    r"tribuna(?:l|ux)", r"(?:le|au|du) ta", r"juges? (?:administratif|des referes)", r"le juge (?:a|nous|vient)",
    r"cour administrative",
    r"par la cour", r"premiere instance",
    r"faire appel(?! (?:a|aux?|d'offres?)\b)", r"cada",
    r"(?:par le|devant (?:le|un)) juge", r"devant le conseil d'etat", r"(?:un|en|le|du|au) refere",
    r"refere (?:suspension|contractuel|provision|mesures)", r"precontractuels?", r"requerante?s?",
    r"requetes? (?:en|au|devant|introductive)", r"assignations?", r"(?:porte|depose)\w* plainte", r"poursuites?",
    r"proces(?! d'achat)(?! verba)", r"(?:saisi\w*|en|devant) (?:la )?justice", r"(?:le|la|l') ?defere",
)  # fmt: skip
_QUARREL = _one(
    r"contentieux", r"litiges?", r"desaccords?", r"differends?", r"transig\w+", r"transactionnel(?:le)?s?",
    r"(?:reglement|accord|arrangement) amiable", r"saisir? le mediateur", r"indemnis(?:er|ation)",
    r"dommages[ -](?:et )?-?interets?", r"prejudices?", r"faillite", r"(?:depot de|depose (?:le|son)) bilan",
    r"(?:en|plan de) redressement", r"(?:redressement|liquidation) judiciaire", r"en liquidation",
    r"pas d'accord (?:avec|sur) (?:le|son|leur|ce) (?:decompte|montant|calcul)", r"rupture anticipee",
    r"demand\w* (?:une )?compensation", r"reclam\w* (?:une )?compensation",
    r"memoire en reclamation", r"conciliation",
)  # fmt: skip
_IN_ENGLISH = _one(
    r"sued?", r"suing", r"lawsuits?", r"litigation", r"(?:to|in|before the) court", r"legal action",
    r"filed an? \w+",
)  # fmt: skip
DISPUTE = _compiled(
    _COURT,
    _QUARREL,
    _IN_ENGLISH,
    r"\b(?:nous|m)(?: a| ont|'a|'ont)? ?(?:assign|attaqu)(?:e|es|ee|ent|er)\b|\bporte\w* l'affaire\b",
    r"\b(?:en|un|le|quels?|former|deposer?|engager|introduit|faire) (?:un )?recours\b(?! (?:a|aux?) )",
    r"\brecours (?:contre|gracieux|prealable|(?:du|d'une?|de la|de l'|des) ?\w+ contre|(?:du|d'un) (?:candidat"
    r"|concurrent))\b",
    _together(r"\bsuspen(?:sion|dre)\b", _CONTRACT),
    _together(
        r"\b(?:controle de legalite|prefet|prefecture)\b",
        r"\b(?:retirer|retrait|observations?|rejet\w*|retoqu\w*|contest\w*|defer\w*|annul\w*|illega\w+)\b",
    ),
    r"\b(?:evince|non retenu|ecarte)e?s?\b" + _FAR + r"\b(?:indemnis|contest|attaqu|menac|reclam|demande \d)",
    r"\b(?:nous|m'|m) ?(?:a|ont)? (?:mis|mise) en demeure\b|\bmise en demeure recue\b"
    r"|\brecu\w* (?:une )?mise en demeure\b",
    r"\b(?:par|lettre|courrier|mail|recommande)\b" + _NEAR + r"\bavocats?\b|\b(?:son|leur|ses|leurs) avocats?\b",
    r"\bavocats? d(?:u|e l'|e la|'une?) ?" + _PARTY,
    r"\bappel d(?:u|e la|e l') ?(?:jugement|decision|ordonnance)\b|\bfait appel du\b",
    _any("conteste contestent contester attaque attaquer menace assigne")
    + _FAR + _any("marche procedure avocat attribution rejet decompte decision juge penalite"),
    _together(
        r"\b(?:faire|fait|depos\w+|adress\w+|envoy\w+|recu\w*|recevoir|recoit|formul\w+|present\w+) "
        r"(?:une|sa|leur|notre|ma|la|cette|des) reclamations?\b",
        _PARTY + r"|\b(?:votre|vos|reponse|decompte|attribution)\b",
    ),
    r"\bannul(?:e|er|ation|ee)\b" + _NEAR + _any("procedure marche attribution consultation"),
    r"\bresili(?:er|ation)\b" + _FAR + _any("titulaire notre nos mon ce leur lui"),
    r"\b(?:resili(?:er|ation)|rompre|rupture|casser|mettre (?:fin|un terme)|se separer)\b" + _NEAR
    + r"(?:" + _MINE + r"|\b(?:du|le|ce|au) (?:contrat|marche) (?:du|de la|de l'|avec) ?)",
    _DETERMINER + _PARTY + _FAR + r"\bresili(?:er|ation)\b",
    _DETERMINER + _PARTY + _FAR + _any("conteste attaque menace assigne poursuit"),
)  # fmt: skip
FEARED = re.compile(
    r"\b(?:evite[rz]?|risque[rsz]?|prevenir|craindre|limiter|securiser|peut-(?:il|elle) etre)\b[^.?!;]{0,25}"
    r"\b(?:recours|contentieux|litiges?|reclamations?|annulation|contestee?s?|attaquee?s?|proces)\b"
)
"""A dispute that is only to be avoided."""

# A named case: the writer's own document, contract, contractor
_DOCUMENT = _any(
    "ccap cctp dce rc clause article projet cahier contrat convention reglement critere grille memoire deliberation "
    "annexe specification tender"
)
_MISDEED = r"(?:" + "|".join((
    r"\bn(?:e |')" + _NEAR + r"\b(?:pas|plus|aucune?|jamais|rien|que)\b",
    r"\b(?!ou\b)\w{2,} (?:pas|jamais|rien)\b",
    r"\b(?:veut|peut|fait|vient|a|est) plus\b",
    r"\b(?:refus|abandonn|oubli|pretend|reclam|exig)(?:e|ent|ait|aient|er)?\b",
    r"\b(?:sert|utilise|livre) encore\b",
        r"\b(?:nous|me|m'a|nous a|nous ont)\b ?(?:facture|demande|reclame|impose|livre|propose|ecrit|annonce)\w*",
    r"\ba (?:perdu|rate|arrete|cesse|laisse|change|remplace|oublie|depasse|utilise|livre|fourni|pose|mis)\b",
    r"\bfacture\b|\ben retard\b|\bvient (?:de |d')",
    r"\b(?:veut|voudrait|souhaite) (?:augment|remplac|chang|modifi|arret|renegoci)\w+",
    r"\b(?:demande|veut) une? (?:hausse|augmentation|rallonge|delai supplementaire)\b",
)) + r")"  # fmt: skip
_OURSELVES = (
    r"(?:commune|ville|collectivite|mairie|conseil|maire|elue?|dg[as]|service|agent|equipe|syndicat|interco\w*|epci"
    r"|agglo\w*|communaute|departement|region|marche|cahier|dce|cctp|ccap|budget|critere|clause|besoin|structure"
    r"|directeur|directrice|cantine|batiment|responsable|chef\w*|collegue|juriste|president|adjointe?|tresorier"
    r"|comptable"
    r"|prefecture)s?"
)
_CONDUCT = (
    r"\b(?:tien(?:t|nent)|respecte|livre|fourni(?:t|ssent)|repond|font|fait|transmet|paye|embauche|execute|passe"
    r"|nettoie"
    r"|intervien(?:t|nent)|applique|honore|veu(?:t|lent)|peu(?:t|vent)|vien(?:t|nent)|donne|envoie|suit"
    r"|utilise)(?:nt)?"
    r" (?:plus |pas |jamais |aucun|que )"
)
SUPPOSED = re.compile(
    r"\b(?:si|s'ils?|quand|lorsque|lorsqu'\w+|au cas ou|en cas d[eu']|a supposer)\b[^.?!,;]{0,120}|\bqui n(?:e |')"
    r"|\b(?:veut|veux|voulons|voudrai(?:s|t)|voudrions|souhait(?:e|ons|erait)) qu[e'][^.?!,;]{0,120}",
)
"""What is supposed or wished of anybody's contractor, rather than told of the writer's."""

NEXT_TIME = re.compile(
    r"\bprochaine? (?:fois|marche|contrat|consultation|appel)\b|\bpour le prochain\b"
    r"|\ba l'avenir\b"
)
"""A case is told, but it is the next contract that is asked about."""

REPORTED = _compiled(
    _MINE + rf"(?!{_OURSELVES}\b)" + r"\w{3,} " + _FAR + _CONDUCT,
    r"\b(?:gars|dame|monsieur|personne|equipe|association|regie) (?:de \w+ )?(?:avec |chez )?qui (?:\w+ ){0,2}"
    r"(?:nos|notre|mon|ma|mes|travaill\w+)\b",
    _MINE + _PARTY + _FAR + _MISDEED,
    r"\bune? d(?:e nos|e mes) " + _PARTY + _FAR + _MISDEED,
    _PARTY + r" d[eu']? ?(?:notre|ma|mon) (?:consultation|marche|appel d'offres)\b",
    _THE + _PARTY + _FAR + _MISDEED,
    _DETERMINER + _PARTY + _NEAR + r"(?:\b(?:nous|me) |\bm')"
    + r"(?:affirm|factur|demand|reclam|exig|impos|annonc|ecri|refus|propos|assur|jur)(?:e|ent|t)\b",
    _PARTY + r" (?:qui|chargee?s? d[eu']) ?(?:la |l'|les )?\w+ (?:nos|notre|mon|ma|mes)\b",
    r"\brecu\w*\b" + _NEAR + r"\boffres?\b" + _FAR + _any("laquelle lequel retenir choisir ecarter"),
    _OUR + r"(?:\w+ ){0,2}" + _PARTY_IN_ENGLISH + _FAR + r"(?:\bnot\b|n't\b|\b(?:refus|fail|stopp|late))",
)  # fmt: skip
NAMED_CASE = _compiled(
    r"\bci-? ?joint[es]{0,2}\b|\b(?:en )?piece jointe\b|\ben pj\b|\b(?:dans|pour) (?:notre|mon) cas\b",
    r"\b(?:je|nous|on) vous (?:l'|la |le |les )?(?:envo|transm|adress|join|fais suivre|partage)\w*",
    r"\bje l(?:a |e |es |')(?:envo|join)",
    r"\b(?:marche|lot|dossier|contrat|consultation|procedure) (?:n ?°|no|numero|num) ?\w",
    r"\bmarche\b" + _NEAR + r"\b20\d\d ?[-/_] ?\d{1,4}\b|\bmarche (?:\d+[a-z]+|[a-z]+\d)\d+",
    r"\b(?:reli|relecture|corrig|jeter un (?:coup d')?oeil|coup d'oeil|(?:votre|un) avis sur|check"
    r"|pensez(?:[- ]vous)? d)\w*"
    + _NEAR + r"\b(?:notre|nos|mon|mes|ma|l'article|ce|cette)\b" + _FAR + _DOCUMENT,
    _REQUEST + _NEAR + r"\b(?:reli|valid|verifi|corrig|regard|amelior|comment)(?:er?|re|ez)\b(?! ca\b)" + _NEAR
    + r"(?:" + _MINE + r"|\b(?:l'article|ce|cette|le|la) ?)" + _FAR + _DOCUMENT,
    r"\b(?:valid|corrig|reli)[a-z]*\b" + _NEAR + r"\b(?:notre|nos|mon|mes|ma)\b" + _FAR
    + _any("ccap cctp dce rc projet cahier contrat convention"),
    r"\b(?:notre|mon|ma) " + _DOCUMENT + _FAR + r"\b(?:(?:bien|mal|correctement) (?:redige|ecrit|tourne"
    r"|formule)e?|(?:tient|tiendrait) la route)\b",
    r"\b(?:pour|en) relecture\b|\b(?:clause|critere|formulation|article|redaction)s? (?:ci-(?:dessous|apres)"
    r"|suivante?s? :)",
    r"\b(?:review|proofread|check|look at|read)\b" + _NEAR + _OUR + _NEAR
    + r"\b(?:specification|tender|draft|contract|criteri|clause|document)",
)  # fmt: skip
NAMED_COMPANY = re.compile(
    r"\b(?:entreprise|soci[eé]t[eé]|[Ss]t[eé]|cabinet|SARL|SAS|SA|EURL|SCOP|titulaire|fournisseur|prestataire|candidat)"
    r" (?:[A-ZÉÈ][a-zéèêîôûç'-]{2,}|[A-Z]{3,})\b"
    r"|\b[A-ZÉÈ][\w&'-]{2,} (?:SARL|SASU?|EURL|SCOP)\b|\battribuée? [àa] [A-ZÉÈ][\w'-]{2,}"
    r"|\bESAT (?:d[eu]s? |de la |de l'|d'|l[ea]s? )?[A-ZÉÈ][a-zéèêîôûç'-]{2,}"
)
"""A name behind what it is the name of, as it was written."""

# What a thing costs
AS_CRITERION = re.compile(
    r"\bprix\b(?=[^.?!;]{0,25}\b(?:critere|ponder|note|noter|notation|seul|unique))"
    r"|\b(?:critere|ponderation|poids|noter?|notation|formule|revision|part)s?\b[^.?!;]{0,20}\bprix\b"
    r"|\b(?:seuil|plafond|a partir de|jusqu'a|au-dessus de|en dessous de)\b[^.?!;]{0,20}\bcombien\b"
)
"""Price as a criterion, and amounts that the law sets."""

_COST = r"(?:prix|tarifs?|surcouts?|cout(?! (?:global|complet|d[eu] cycle|total|d'usage)))s?"
_MONEY = r"\b\d+(?:\.\d+)? (?:€|euros?|eur|ht|ttc)(?!\w)"
PRICE = _compiled(
    r"\bcombien\b(?! de (?:temps|jours|mois))" + _NEAR
    + r"\b(?:cout(?:e|ent|er|era|eront|erait)|vaut|valent|factur(?:e|er|ent))\b"
    r"|\bcoute combien\b",
    _together(r"\bcombien\b(?! d[e'])", r"\b(?:compter|pay(?:er|ez|e|es|ons)|paie|debourser|revien(?:t|drait)"
    r"|demande)\b"),
    r"\b(?:c'est|est-ce|c) combien (?:une?|des|les?|la|pour)\b(?! (?:seuil|plafond|taux|part|delai))"
    r"|\bdans les combien\b|^combien pour (?:une?|les?|la|l')(?! ?(?:seuil|plafond|taux|delai))",
    r"^(?!.*\bcritere)(?:[\w'-]+ ){1,4}prix ?\??$",
    r"\bcoute(?:nt|rait)? (?:tres |si )?cher (?:une?|le|la|les|des)\b|\bune? [^.?!;]{0,40}\bcoute(?:-\w+)* cher\b",
    r"\b(?:quels?|c'est quoi|donn(?:ez|er)|connaitre|avoir|avez|idee) (?:(?:est|sont|seraient?) )?"
    r"(?:(?:une|l') ?(?:ordre|idee) )?(?:(?:le|les|du|de|un|des) )?" + _COST + r"\b(?! (?:peut|horaire))",
    r"\b(?:ordres?|fourchettes?|idee|estimation|niveau)\b" + _NEAR + r"\b" + _COST + r"\b|\bordres? de grandeur\b",
    r"\bc'est cher d[e'] ?|\bcout d'une? (?!cycle)|\benveloppe prevoir\b",
    r"\ba quel prix\b|\b" + _COST + r"\b" + _NEAR + r"\bde combien\b",
    r"\bprix (?:au|moyens?|constates?|indicatifs?|unitaires? d|courants?|d'une?(?! (?:produit|achat))|a la|par"
    r"|de revient)\b"
    r"|\bmeilleurs? prix\b",
    r"\b(?:le|la|les) (?:plus|moins) cher[es]{0,2} (?:pour|d[eu']|du marche)\b",
    r"\bbudget\b" + _NEAR + _any("prevoir compter") + r"|\bbudget (?:a prevoir|moyen|pour (?:une?|des|l[ea']|\d+) ?)",
    _together(r"\btarif\w*\b", r"\b(?:quels?|quelles?|idee|fourchettes?|gammes?)\b"),
    _together(_MONEY, r"\b(?:normal|correct|dans les prix|raisonnable|trop|(?:c'est|pas) (?:\w+ )?cher|eleve"
    r"|abuse|exagere)\b"),
    _any("tarif prix hausse augmentation facture devis")
    + _FAR + r"\b(?:justifie|normal|abusi|exager|correct|raisonnable|excessi)[a-z]*",
    r"\bcombien\b" + _NEAR + r"\b(?:rembours|rentabilis|economis)[a-z]*",
    r"\bhow much\b" + _FAR + r"\b(?:cost|pay|charge)\w*|\bprices? (?:of|for) (?:an?|the|one)\b|\bprice range\b"
    r"|\bwhat does\b" + _FAR + r"\bcost\b|\bgoing rate\b",
)  # fmt: skip

# Who sells it
_SELLER = _any(
    "marque fournisseur prestataire logiciel fabricant entreprise societe cabinet avocat maraicher producteur "
    "agriculteur artisan distributeur imprimeur traiteur revendeur vendeur grossiste boite editeur loueur esat"
)
_MACHINE = r"(?:modele d[e'] ?)?" + _any(
    "machine vehicule voiture camion engin tondeuse balayeuse copieur lave-[a-z]+ lessiveuse logiciel marque velo "
    "benne nacelle tracteur chariot scooter ordinateur tablette broyeur debroussailleuse photocopieur imprimante"
)
_ADVISE = r"\b(?:conseill(?:e|es|ez|eriez)|(?:a|me|nous|m'en) conseiller|recommand[a-z]*)\b"
_CHOOSE = _any(
    "choisir prendre prenez acheter contacter livrer fournir prendriez fiable serieux autour pres.d[eu'] "
    "propose proposent vend vendent utilisez utilisent preferez"
)
_WHICH = r"\bquel(?:le)?s? (?:(?:est|sont) )?(?:(?:la|le|les) )?(?:(?:meilleur|bon)[a-z]{0,3} )?"
_WHERE = r"(?:^|[.?!,;:] ?|\b(?:savez[- ]vous|sais|sait|pas) )"
SUPPLIER = _compiled(
    _SELLER + _NEAR + _ADVISE,
    _ADVISE + _NEAR + r"\b(?:une?|des) (?:bon\w* )?" + _SELLER,
    _ADVISE + r" (?:quel|quoi comme)\w* " + _MACHINE,
    r"\b(?:quel|quelle) (?:solution|outil|produit) (?:logiciel\w*|informatique|numerique)\b" + _FAR + _ADVISE,
    _WHICH + _SELLER + _FAR + r"(?:" + _CHOOSE + "|" + _ADVISE + r"|\btravaillez\b)",
    _WHICH + _SELLER + r" (?:peu(?:t|vent)|pourrai\w+|sai(?:t|vent)|fait|font) "
    r"(?!\w* ?(?:repond|candidat|soumission|etre|avoir|beneficier))"
    + _FAR + r"\b(?:nos|notre|nous|mon|mes|dans l[ea']|pres|autour)\b",
    _WHICH + _MACHINE + _FAR + r"(?:" + _ADVISE + r"|\b(?:choisir|acheter|utilis\w+|prenez|avez)\b|\bpour une?\b"
    r"|\bla route\b)",
    _WHICH + r"marques? (?:de |d'|pour )(?!certifi|qualite|conform|garanti)"
    + r"(?!" + _FAR + r"\b(?:cit|mention|exig|indiqu|impos|interdi|autoris|inscri|ecri)\w*)",
    _WHICH + r"modeles?\b" + _NEAR + _MACHINE,
    _WHICH + r"plateformes?\b" + _FAR + r"\b(?:fiables?|meilleure?s?|serieu\w+|utilis\w+)\b",
    r"\bquel(?:le)?s? (?:est|sont) (?:le|la|les) meilleur[a-z]{0,2} (?:" + _SELLER + "|" + _MACHINE + ")",
    _together(r"\bmarques?\b(?! ou equivalent)", r"\b(?:quoi comme|prend quoi|pren(?:dre|ez)|utilisez|preferez"
    r"|fiables?|solides?)\b"),
    r"\b(?:connai\w+|connaitriez|contacts?|noms?|coordonnees|adresses?|listes?)\b(?:[- ]vous)?" + _NEAR + _SELLER,
    r"\b(?:ou trouver|cherch(?:e|ons)|recherch(?:e|ons)) (?:une?|des|les?|la) (?:\w{1,12} )?" + _SELLER,
    _SELLER + _FAR + r"\b(?:des noms|un nom|un contact|une adresse)\b",
    _together(_SELLER + r"|\bbureaux? d'etudes\b", r"\ben connaissez\b|\ba (?:nous |me )?(?:indiquer|suggerer"
    r"|proposer)\b"),
    r"\b(?<!.)quel(?:le)?s? (?:(?:prestataire|entreprise|fournisseur|societe|cabinet|esat)s?|bureaux? d'etudes?)"
    r" pour\b|\by a-t-il (?:une?"
    r"|des) " + _SELLER + _FAR
    + r"\b(?:qui|pour|dans|pres)\b|\bque vau(?:t|lent) (?:la|les) marques?\b|\b(?:bossez|travaillez) avec qui\b",
    r"\b(?:a|chez) qui\b" + _NEAR + r"\b(?:achet|pren|command)\w+",
    _WHERE + r"(?:qui (?:\w+ ){0,2}(?:vend(?:ent|re)?|fabriqu\w+|commercialis\w+|(?:nous|me) (?:fournir|livrer"
    r"|vendre|louer))|ou (?:acheter|commander|se fournir|puis-je acheter|peut-on acheter))\b",
    r"\bbons? plans?\b|\bbonnes? adresses?\b",
    _together(r"\brecommend", r"\b(?:supplier|compan(?:y|ies)|vendor|brand|provider)s?\b") + r"|\bwho (?:sells"
    r"|makes|supplies)\b",
    (r"\b(?:which|any good|good|know an?y?)\b" + _NEAR
    + r"\b(?:supplier|company|companies|vendor|brand|provider)s?\b(?! (?:must|should|can|may|is|are|has|have)\b)"),
)  # fmt: skip

# The network's own dates, places and fees
_MEETING = _any(
    "reunion rencontre session seance formation assemblee webinaire journee atelier gt groupe visio visioconference ag"
)
_EVENT = (
    r"\b(?:la|une?|cette|du|le|l'|ce|aux?|des) ?(?:(?:prochain|premier|dernier)e? )?"
    r"(?:reunion|rencontre|session|formation|webinaire|atelier|gt|groupe de travail|visio|ag|assemblee generale"
    r"|journee (?:du|de|regionale|nationale|d'\w+)|seminaire|rencontre annuelle)s?\b(?! (?:des agents|d'analyse"
    r"|du conseil|de lancement|avec))"
)
_PRACTICAL = (
    r"\b(?:horaires?|adresse|salle|parking|garer?|gare-t-on|covoiturage|repas|enregistree?s?|replay|lien"
    r"|invitation|inscriptions?|dejeuner|finit"
    r"|convocation|programme|calendrier|confirmee?s?|maintenue?s?|reportee?s?|annulee?s?|quelle heure|quel jour"
    r"|quelle date|c'est quand|tarifs?|prix|coute|places?|intervenante?s?|supports?|en visio|semaine prochaine)\b"
)
_MONTH = r"(?:janv|fev|mars|avr|mai|juin|juil|aou|sept|oct|nov|dec)"
_FEE = r"\b(?:cotis(?:ation)?s?|adhesions?)\b"
_PAID = r"\b(?:combien|montants?|tarifs?|prix|factures?|recue?|payee?|reglee?|appel a|20\d\d)\b"
_WHEN = r"\b(?:dates?|quand|heure|horaires?|lieu|ou (?:a|est|se)|quels? jours?)\b"
LOCAL_FACT = _compiled(
    _PAID + _NEAR + _FEE,
    _FEE + _NEAR + _PAID,
    _together(r"\b(?:adher\w*|(?:etre|devenir) membres?)\b", r"\bcombien\b"),
    _WHEN + _NEAR + _any("prochain prochaine") + _NEAR + _MEETING,
    r"\bprochaine?s? (?:\w+ )?" + _MEETING + r"(?! (?:du conseil|municipal))" + _FAR + _WHEN,
    _WHEN + r"(?: \w+){0,3} (?:lieu|tient|tiendra|commence|debute|deroule|passe|reuni\w+|est) " + _NEAR + _MEETING,
    _MEETING + _NEAR + r"\b(?:se reuni\w+|a lieu|aura lieu|commence|debute|se tient|tombe)\b" + _NEAR + _WHEN,
    _together(_EVENT, _PRACTICAL),
    r"\bdates? (?:de l'|d[eu] (?:la )?) ?(?:ag|assemblee generale|webinaire|prochaine? \w+)\b",
    r"\bqui (?:est|sont) (?:le|la|les|l') ?(?:president|directeur|directrice|animateur|animatrice|responsable)e?s? "
    r"du reseau\b",
    r"\b(?:telephone|numero|mail|adresse|coordonnees) (?:de telephone )?(?:du|de l'equipe du) (?:reseau|guichet)\b",
    r"\blien (?:de (?:la )?)?(?:visio|zoom|teams)\b",
    r"\b(?:notre|mon) (?:adhesion|cotisation|inscription) (?:est|a|n'|bien)\b|\b(?:m'|nous )inscrire (?:au|a la"
    r"|a l') ?" + _MEETING + r" d",
    _any("intervenant animateur animatrice participant") + _FAR + r"\b(?:du|de la|au|le) (?:\d|1er|prochain)",
    r"\breste\b.{0,10}\bplaces?\b|\bplaces? (?:restantes?|disponibles?)\b",
    _MEETING + _NEAR + r"\b(?:du|le|de) (?:(?:\d{1,2}|1er) " + _MONTH + r"|(?:lun|mar|mercre|jeu|vendre)di\b"
    r"|demain\b)",
    r"\bpas (?:encore )?recu\b" + _NEAR + _any("lien convocation invitation code"),
    r"\b(?:when|where|what time)\b" + _NEAR + r"\b(?:meeting|webinar|session|training|workshop)s?\b"
    r"|\bmembership fees?\b",
)  # fmt: skip

# A calculation on the writer's own figures
_COMPUTED = _any(
    "penalite avance acompte retenue revision actualisation indemnite note pourcentage taux quota part economie "
    "decompte garantie solde heure prix point emission classement kilo"
)
OWN_FIGURES = _compiled(
    r"\bcalcul(?:er?|ez|e)[- ](?:moi|nous)\b|\b(?:me|nous) (?:calculer|chiffrer)\b|\bcalculez\b",
    r"\bcalcul(?:er?"
    r"|ez)?\b" + _NEAR + _any("revision actualisation indemnite penalite avance acompte retenue decompte"),
    r"\b(?:verifi|refai|control|fai)[a-z]{1,4}\b" + _NEAR + r"\b(?:mon|mes|nos|notre) calculs?\b",
    _REQUEST + _NEAR + r"\b(?:faire (?:le|mon|notre) (?:calcul|decompte)|sortir le montant)\b",
    _REQUEST + _NEAR + r"\b(?:estimer|evaluer|chiffrer|convertir)\b" + _FAR + r"\b(?:nos|notre|mon|mes) \d",
    r"\bcalculer\b" + _FAR + r"\b(?:notre|nos|mon|mes)\b" + _FAR + r"\d",
    r"\b(?:compute|calculate|work out)\b" + _FAR + _OUR,
    r"\bpropose\w* \d" + _FAR + r"\b(?:autres?|deuxieme|seconde?|suivante?|moyenne|estimation)\b" + _NEAR + r"\d",
    r"\b(?:on|nous|j'|je) ?(?:achet|renouvel|remplac|command)\w+ \d+ " + _FAR
    + r"\bcombien\b(?! de (?:devis|candidat|fournisseur|entreprise|jour|mois|temps|lot))",
    r"\d ?(?:€|euros?) (?:achet|depens|command|vers)e?e?s?\b" + _FAR + r"\b(?:quelle|combien)\b",
    r"\d" + _FAR + r"\bcombien (?:je|on|nous) (?:dedui|recuper|economis|pai|vers)\w*",
)  # fmt: skip
HOW_IN_GENERAL = re.compile(
    r"\b(?:comment|how)\b[^.?!;]{0,20}\b(?:calcul|comput)\w*(?![^.?!;]{0,60}\b(?:notre|nos|mon|ma|mes|our|my) )"
)
"""A method of calculation, rather than a result."""

LIMIT = re.compile(
    r"\b(?:plus|moins|dessus|dessous|superieure?s?|inferieure?s?|partir|depass\w+|jusqu'a|seuil|l'article|loi"
    r"|art)\b"
    r"[^.?!;\d]{0,12}\d[\d.,]*|\d+ ?(?:habitants?|hab)\b"
)
"""A figure that is nobody's: a threshold, an article, a size."""

_NUMBER = r"(?<![\w.,/-])(?!(?:19|20)\d\d\b)\d+(?:[.,]\d+)?(?![\w-])"
FIGURES = re.compile(_NUMBER + r"(?<=\d\d)")
MY_FIGURES = re.compile(
    r"(?:" + _MINE + r"|\b(?:j'ai|on a|nous avons|avec|sur|faisait|valait) )[^.?!;\d]{0,40}" + _NUMBER
)
HOW_MUCH = re.compile(
    r"\b(?:combien|quel (?:est|sera) le (?:nouveau )?(?:montant|solde|prix)|a combien|quel montant"
    r"|ca fait|montant d[eu])\b" + _FAR
    + _COMPUTED + r"|\bcalcul d[eu]\b" + _FAR + _COMPUTED
    + r"|\b(?:what|how much|how many)\b" + _FAR + r"\b(?:penalty|penalties|amount|hours)\b"
)  # fmt: skip
WHAT_I_OWE = re.compile(r"\bcombien (?:je|on|nous|dois|doit)\b" + _FAR + r"\d")
RESULT = re.compile(
    r"\bquel(?:le)? (?:est |sera )?(?:le |la |l'|notre |mon )?(?:pourcentage|taux|part|note|nouveau prix|montant"
    r"|ecart|empreinte \w+)\b"
    r"|\b(?:atteins|atteint-on|atteignons|en regle|quel classement|est-ce que (?:ca|cela) suffit|c'est (?:juste"
    r"|bon) ?\?)"
    r"|\bcombien\b(?! de (?:devis|candidat|fournisseur|entreprise|jour|mois|temps|fois|offre|lot|critere)"
    r"| doi\w+| faut)"
)
