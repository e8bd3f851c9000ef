"""The values of a library: an entry (« fiche ») with its evidence and dates, and a theme."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LINK = re.compile(r"\[([^\]\[\n]{1,300})\]\(([^()\s]{1,500})\)")
_MARKS = re.compile(r"(\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))")


class Kind(StrEnum):
    """What an entry is."""

    FAQ = "faq"
    METHOD = "methodologie"
    LAW = "texte"
    GUIDE = "guide"
    EXPERIENCE = "experience"
    PRODUCT = "produit"
    DEFINITION = "definition"
    ACRONYM = "sigle"
    LABEL = "label"
    RESOURCE = "ressource"
    CLAUSE = "clause"


GLOSSARY = frozenset({Kind.DEFINITION, Kind.ACRONYM})  # what tells the meaning of a word


class Confidence(StrEnum):
    """Whether the writer vouches for the entry or asks an expert to confirm it."""

    SURE = "sure"
    TO_CHECK = "to_check"


class Verification(StrEnum):
    """What the entry was held against."""

    PUBLIC_SOURCE = "public_source"
    FRAMING_DOCUMENT = "framing_document"
    GENERAL_KNOWLEDGE = "general_knowledge"


@dataclass(frozen=True)
class Source:
    """Where an entry's facts come from; ``url`` only when the source has a stable public address."""

    label: str
    url: str | None = None


@dataclass(frozen=True)
class Change:
    """A dated change of the law that an entry tells."""

    date: dt.date
    note: str


@dataclass(frozen=True)
class Theme:
    """A field of the network's work: its name by locale, and the themes whose experts stand in for its own.

    ``about`` gives the words and short expressions that tell a question of this field, in the library or not.
    """

    id: str
    labels: Mapping[str, str] = field(hash=False)
    covers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One item of the library. ``docs/library.md`` gives the meaning of each field."""

    id: str
    kind: Kind
    theme: str
    title: str
    phrasings: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    verification: Verification
    review: dt.date
    body: str
    verified: dt.date | None = None
    synonyms: tuple[str, ...] = ()
    acronyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    to_check: str | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    changes: tuple[Change, ...] = ()
    see_also: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Tell whether the member must be told to have it confirmed by an expert."""
        return self.confidence is Confidence.TO_CHECK or self.verification is Verification.GENERAL_KNOWLEDGE

    @property
    def summary(self) -> str:
        """Return the first paragraph of the body as plain text: the short answer a chat shows."""
        first = self.body.strip().split("\n\n", 1)[0]
        return " ".join(plain(first).split())

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the entry may be proposed on that day: both bounds of its validity are included."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_until is None or day <= self.valid_until)

    def to_data(self) -> dict[str, Any]:
        """Return the entry as JSON values (dates in ISO 8601), such that ``from_data`` gives it back."""
        data: dict[str, Any] = _jsonable(asdict(self))
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Entry:
        """Return the entry that ``to_data`` described. Raises ``KeyError`` or ``ValueError`` for other data."""
        return cls(
            id=data["id"],
            kind=Kind(data["kind"]),
            theme=data["theme"],
            title=data["title"],
            phrasings=tuple(data["phrasings"]),
            synonyms=tuple(data["synonyms"]),
            acronyms=dict(data["acronyms"]),
            sources=tuple(Source(source["label"], source["url"]) for source in data["sources"]),
            confidence=Confidence(data["confidence"]),
            verification=Verification(data["verification"]),
            to_check=data["to_check"],
            verified=_day(data["verified"]),
            review=dt.date.fromisoformat(data["review"]),
            valid_from=_day(data["valid_from"]),
            valid_until=_day(data["valid_until"]),
            changes=tuple(Change(dt.date.fromisoformat(change["date"]), change["note"]) for change in data["changes"]),
            see_also=tuple(data["see_also"]),
            body=data["body"],
        )


def plain(markdown: str) -> str:
    """Return CommonMark text without its links' targets and its emphasis marks."""
    return _MARKS.sub("", LINK.sub(r"\1", markdown))


def _day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _jsonable(value: object) -> Any:  # noqa: ANN401  # JSON values have no narrower type
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value
