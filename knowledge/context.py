"""What an expert needs to know of a question's case, as far as its text says it.

The field list is the network's own: type and size of the structure, family of purchase, amount, procedure, stage and
the member's deadline. Only what is written is recognised; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge import numerals
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = TypeVar("Value", bound=StrEnum)


class Structure(StrEnum):
    """The type of the member's organisation."""

    COMMUNE = "commune"
    GROUPING = "groupement_de_communes"
    DEPARTMENT = "departement"
    REGION = "region"
    SYNDICATE = "syndicat"
    HOSPITAL = "hopital"
    SCHOOL = "etablissement_scolaire"
    UNIVERSITY = "universite"
    HOUSING = "bailleur_social"
    STATE = "etat"


class Procedure(StrEnum):
    """How the contract is or will be awarded."""

    NO_PUBLICITY = "sans_publicite"
    ADAPTED = "mapa"
    FORMALISED = "formalisee"
    FRAMEWORK = "accord_cadre"
    CONCESSION = "concession"


class Stage(StrEnum):
    """Where the purchase stands."""

    NEED = "besoin"
    SOURCING = "sourcing"
    DRAFTING = "redaction"
    PUBLISHED = "publie"
    ANALYSIS = "analyse"
    EXECUTION = "execution"
    DISPUTE = "contentieux"


class Family(StrEnum):
    """What is bought."""

    FOOD = "alimentation"
    TEXTILE = "textile"
    CLEANING = "entretien"
    FURNITURE = "mobilier"
    DIGITAL = "numerique"
    MOBILITY = "mobilite"
    BUILDING = "batiment"
    ENERGY = "energie"
    PAPER = "papier"


@dataclass(frozen=True)
class Context:
    """What a text says of its case; ``None`` for what it does not say. The amount is in euros."""

    structure: Structure | None = None
    population: int | None = None
    amount: int | None = None
    procedure: Procedure | None = None
    stage: Stage | None = None
    family: Family | None = None
    deadline: dt.date | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is said."""
        return self == Context()

    def completed(self, later: Context) -> Context:
        """Return the context with what is said ``later``: the last word counts."""
        said = {field.name: getattr(later, field.name) for field in fields(later)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})

    def missing(self) -> tuple[str, ...]:
        """Return which of the elements that change most answers are not said, the most useful first.

        None of a question that tells of no purchase: a general question needs none.
        """
        if all(getattr(self, name) is None for name in _TELL_OF_A_PURCHASE):
            return ()
        return tuple(name for name in _ASKED_FOR if getattr(self, name) is None)

    def to_data(self) -> dict[str, Any]:
        """Return what is said as JSON values, such that ``from_data`` gives it back."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in said.items()
            if value is not None
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Context:
        """Return the context that ``to_data`` described. Raises ``ValueError`` for other data."""
        return cls(**{name: _READ.get(name, int)(value) for name, value in data.items()})


_READ: Mapping[str, Callable[[Any], Any]] = {
    "structure": Structure,
    "procedure": Procedure,
    "stage": Stage,
    "family": Family,
    "deadline": dt.date.fromisoformat,
}
_ASKED_FOR = ("amount", "procedure", "stage")  # the structure and its size are known of the organisation
_TELL_OF_A_PURCHASE = ("amount", "procedure", "stage", "family")


def recognise(message: str, today: dt.date) -> Context:
    """Return the context that a message states; days without a year are the next ones after ``today``."""
    text = numerals.unify(_SCALED.sub(r"\g<0> ht ", fold(message)))
    return Context(
        structure=_own_structure(text),
        population=_number(_POPULATION, text),
        amount=_amount(text),
        procedure=_first(_PROCEDURES, text),
        stage=_first(_STAGES, text),
        family=_first(_FAMILIES, text),
        deadline=_deadline(text, today),
    )


def _table(rows: dict[Value, str]) -> list[tuple[Value, re.Pattern[str]]]:
    return [(value, re.compile(rf"\b(?:{pattern})\b")) for value, pattern in rows.items()]


def _first(table: list[tuple[Value, re.Pattern[str]]], text: str) -> Value | None:
    """Return the value named first in the text."""
    found = [(match.start(), place) for place, (_, pattern) in enumerate(table) if (match := pattern.search(text))]
    return table[min(found)[1]][0] if found else None


def _own_structure(text: str) -> Structure | None:
    """Return the structure that the writer says to be theirs: many messages tell of somebody else's."""
    found = [
        (match.start(), value)
        for value, pattern in _STRUCTURES
        for match in pattern.finditer(text)
        if _OWN_BEFORE.search(text[max(0, match.start() - _LOOKED_BACK) : match.start()])
        or _OWN_AFTER.match(text, match.end())
    ]
    return min(found)[1] if found else None


def _amount(text: str) -> int | None:
    """Return the amount of the purchase; prices of one piece, penalties, thresholds and volumes are none."""
    for match in _AMOUNT.finditer(text):
        before = text[max(0, match.start() - _LOOKED_BACK) : match.start()]
        if not _EACH.match(text, match.end()) and not _NO_AMOUNT.search(before):
            return round(float(match[1]))
    return None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return round(float(next(filter(None, match.groups())))) if match else None


def _deadline(text: str, today: dt.date) -> dt.date | None:
    for match in sorted((*_DATED.finditer(text), *_DATED_AT_LAST.finditer(text)), key=lambda found: found.start()):
        month = _MONTHS[match["name"][:4]] if match["name"] else int(match["month"])
        year = int(match["year"]) if match["year"] else None
        found = _day(int(match["day"].removesuffix("er")), month, year, today)
        if found is not None and (found.month, found.day) != _LAW_DAY:
            return found
    end = _END_OF_MONTH.search(text)
    if end is None:
        return None
    month = _MONTHS[end["name"][:4]]
    year = int(end["year"]) if end["year"] else today.year + (month < today.month)
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _day(day: int, month: int, year: int | None, today: dt.date) -> dt.date | None:
    """Return the day of that date, in the first year from today's that gives a day to come; None for no date."""
    try:
        found = dt.date(year or today.year, month, day)
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


_STRUCTURES = _table(
    {
        Structure.GROUPING: r"epci|interco(?:mmunalite)?|agglo(?:meration)?|metropole|comcom|com com"
        r"|communaute (?:de communes|d'agglo\w*|urbaine)|cc",
        Structure.COMMUNE: r"commune|mairie|ville|village|ccas",
        Structure.DEPARTMENT: r"conseil departemental|(?<!dans notre )(?<!de notre )departement",
        Structure.REGION: r"conseil regional|(?<!dans notre )(?<!de notre )region",
        Structure.SYNDICATE: r"syndicat(?: mixte| intercommunal)?|sivom|sivu|sictom|sdis",
        Structure.HOSPITAL: r"hopital|chu|centre hospitalier|ehpad|ght",
        Structure.SCHOOL: r"college|lycee|eple",
        Structure.UNIVERSITY: r"universite|crous|grande ecole",
        Structure.HOUSING: r"bailleur(?: social)?|office (?:public de l'habitat|(?:public d'|public de l')?hlm)|oph",
        Structure.STATE: r"ministere|prefecture|services? de l'etat",
    }
)
_LOOKED_BACK = 40  # characters
_OWN_BEFORE = re.compile(
    r"(?:^|[.!?;:(\n] ?|^(?:bonjour|bonsoir|slt|salut|bjr)[ ,!]*"
    r"|^nous, |\b(?:notre|ma|(?:nous sommes|on est|je suis dans|chez|pour|dans) une?"
    r"|(?:nous sommes|on est|je travaille) (?:en|au|a l[ae]|a l')"
    r"|(?:secretaire|secretariat|acheteu[rs]e?|daf|dgs|dga|elue?|agente?|juriste|responsable"
    r"|service (?:achats?|marches|juridique|des achats|commande publique))(?: de mairie)?"
    r" (?:d'une?|dans une?|de la|du|de l'|en|a la|au)))"
    r" ?(?:petite?|grande?)? ?$"
)
_OWN_AFTER = re.compile(
    r"(?: \w+)? (?:achete|souhaite|lance|veut|voudrait|renouvelle|prepare) (?!-)"
    r"| de \d+(?:\.\d+)? (?:habitants?|hab|agents?)\b"
)
_PROCEDURES = _table(
    {
        Procedure.NO_PUBLICITY: r"gre a gre|sans (?:publicite|mise en concurrence)|(?:trois|3) devis",
        Procedure.ADAPTED: r"mapa|procedure adaptee",
        Procedure.FORMALISED: r"appels? d'offres|aoo|procedure formalisee|dialogue competitif|avec negociation",
        Procedure.FRAMEWORK: r"accords?[- ]cadres?|bons de commande|marches? subsequents?",
        Procedure.CONCESSION: r"concession|dsp|delegation de service public|affermage",
    }
)
_STAGES = _table(
    {
        Stage.DISPUTE: r"(?:un|le|leur|du|de) recours(?! aux? )(?! a )|recours d(?:'une?|e l'|u) ?\w+|tribunal"
        r"|contentieux|refere|litige",
        Stage.SOURCING: r"sourcing|etude de marche|sond(?:e|er|ons|age) (?:le|les|des|aupres)"
        r"|(?:rencontrer|(?:discuter|echanger|parler) avec) (?:les|des) (?:fournisseurs|entreprises)|rfi",
        Stage.DRAFTING: r"(?:je|on|nous) (?:redige|ecri[st]|prepare)\w*"
        r"|(?:en train|en cours) d[e'] ?(?:ecri|redact|redig)\w*|en redaction"
        r"|redaction (?:du|de notre|de mon) (?:dce|cctp|ccap|cahier)|(?:mon|notre|projet de) (?:dce|cctp"
        r"|cahier des charges)",
        Stage.PUBLISHED: r"(?:consultation|marche|avis) (?:est |deja )*(?:publiee?|en ligne|lancee?)"
        r"|en cours de consultation|(?:avons|a|ai|vient de|venons de) (?:deja )?(?:lancer?|publier?)"
        r" (?:(?:un|une|la|le|notre|l') ?(?:appel|consultation|marche|avis|mapa|procedure|accord)|la semaine"
        r"|hier|lundi)"
        r"|(?:remise des (?:plis|offres)|offres doivent arriver)",
        Stage.ANALYSIS: r"(?:analyse d|(?:examin|compar|analys|not)(?:er|e|ons) l)es offres|offres? recues?"
        r"|(?:on a|nous avons) recu (?:les|des|\d+) offres",
        Stage.EXECUTION: r"en cours d'execution|marche en cours|titulaire|avenant"
        r"|(?:marche|contrat)[^.?!;]{0,30} (?:attribue|notifie|signe)|(?:et|avons|a ete) (?:notifie|signe)",
        Stage.NEED: r"definition du besoin"
        r"|(?:definir|definit|reflechi\w*|recens\w*|evalu\w*|identifi\w*) (?:a |sur )?"
        r"(?:le|les|notre|nos|mes|mon) besoins?",
    }
)
_FAMILIES = _table(
    {
        Family.FOOD: r"cantines?|restauration|repas|denrees?|alimentaires?|traiteur",
        Family.TEXTILE: r"vetements?|textiles?|tenues?|uniformes?|linge|t-?shirts?|polos|blouses?",
        Family.CLEANING: r"nettoyage|menage|espaces verts|produits d'entretien|detergents?|tonte|tondre|desherb\w+"
        r"|entretien des (?:locaux|parties communes|espaces)",
        Family.FURNITURE: r"mobiliers?|chaises?|tables|armoires?",
        Family.DIGITAL: r"ordinateurs?|informatiques?|logiciels?|(?:tele|smart)phones?|imprimantes?|serveurs?"
        r"|tablettes"
        r"|(?:photo)?copieurs?",
        Family.MOBILITY: r"vehicules?|voitures?|camions?|bus|velos?|pneus?|flotte",
        Family.BUILDING: r"travaux|batiments?|chantiers?|renovation|construction|voirie|isol(?:er|ons|e|ation)",
        Family.ENERGY: r"energie|electricite|gaz|chauffage|chaudieres?|eclairage",
        Family.PAPER: r"(?:du|de|le|en) papiers?|papiers? (?:recycle|blanc|de bureau)|ramettes?|impression"
        r"|imprimeur|reprographie",
    }
)
_POPULATION = re.compile(r"(?<![\d.])(\d{2,8}) ?(?:habitants?|hab)\b|\b(?:population|ville|commune) de (\d{3,8})\b")
_SCALED = re.compile(
    r"(?<![\w.,])\d{1,9}(?:[.,]\d{1,3})? ?(?:k ?(?:€|e\b|eur\b|euros?\b)?|m ?(?:€|eur\b|euros?\b)|millions?\b)"
    r"(?!\w| ?(?:hab|d'hab))"
)
_AMOUNT = re.compile(r"(?<![\d.])(\d{2,12}(?:\.\d{1,3})?) {0,2}(?:€|euros?\b|eur\b|(?<=\d{4})e\b|(?:ht|ttc)\b)")
_EACH = re.compile(
    r" ?(?:ht|ttc)? ?(?:/ ?(?!ans?\b)|par (?!an\b)|(?:la |l')?(?:piece|unite)\b|chacun|le (?:repas|kilo|litre|m2)\b"
    r"|d'achats?\b)"
)
_NO_AMOUNT = re.compile(
    r"(?:\b(?:penalites?|amende|caution|seuils?)(?: de)?|[<>]|\b(?:moins|plus|(?:au[- ]|en[- ]?)?dess(?:o?us)) d[e']"
    r"|\b(?:superieure?|inferieure?|partir) (?:a|de)|\bau-dela de) ?$"
)
_MONTHS = {
    "janv": 1, "fevr": 2, "mars": 3, "avri": 4, "mai": 5, "juin": 6, "juil": 7, "aout": 8, "sept": 9, "octo": 10,
    "nove": 11, "dece": 12,
}  # fmt: skip
_MONTH_NAME = r"(?P<name>janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)"
_WEEKDAY = r"(?:(?:lun|mar|mercre|jeu|vendre)di )?"
_BEFORE = r"\b(?:avant|pour|d'ici|jusqu'au|limite|au plus tard|rendre|rendu)(?: (?:le|au|est|:|du))* " + _WEEKDAY
_DAY = rf"(?P<day>\d{{1,2}}(?:er)?)(?: {_MONTH_NAME}|/(?P<month>\d{{1,2}}))(?:[ /](?P<year>20\d\d))?"
_DATED = re.compile(_BEFORE + _DAY + r"\b")
_DATED_AT_LAST = re.compile(r"(?<![\w/])" + _DAY + r" ?,? (?:au plus tard|dernier delai|maxi?(?:mum)?)\b")
_LAW_DAY = (1, 1)  # 1 January is when laws change, hardly ever when a member wants an answer
_END_OF_MONTH = re.compile(rf"\b(?:avant|pour|d'ici) (?:la )?fin (?:de |d')?{_MONTH_NAME}(?: (?P<year>20\d\d))?\b")
