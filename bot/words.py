"""Every word a person reads: gettext catalogs, looked up by symbolic key and filled with data.

Catalogs are the ``.po`` files of ``bot/locale/<locale>/``, several small ones per language, merged when first used.
A key that a catalog lacks is an error, never a silent fallback: the suite checks that all languages are complete.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("fr", "en")
DEFAULT_LOCALE = "fr"
DEFAULT_ZONE = "Europe/Paris"
_FOLDER = Path(__file__).parent / "locale"


class MissingWordsError(LookupError):
    """A key has no text in a catalog: ``key`` and ``locale`` say which."""

    def __init__(self, key: str, locale: str) -> None:
        super().__init__(f"no words for {key!r} in {locale!r}")
        self.key = key
        self.locale = locale


@lru_cache
def catalog(locale: str) -> gettext.GNUTranslations:
    """Return the merged catalog of one locale. Raises ``ValueError`` for a locale outside ``LOCALES``."""
    if locale not in LOCALES:
        raise ValueError(locale)
    merged: gettext.GNUTranslations | None = None
    for path in sorted((_FOLDER / locale).glob("*.po")):
        with path.open("rb") as source:
            messages = read_po(source, locale=locale)
        compiled = io.BytesIO()
        write_mo(compiled, messages)
        compiled.seek(0)
        part = gettext.GNUTranslations(compiled)
        if merged is None:
            merged = part
        else:
            merged.add_fallback(part)
    if merged is None:
        raise ValueError(locale)
    return merged


class Words:
    """The wording of one reader: a locale and the time zone in which they read dates."""

    def __init__(self, locale: str = DEFAULT_LOCALE, zone: str = DEFAULT_ZONE) -> None:
        self.locale = locale if locale in LOCALES else DEFAULT_LOCALE
        self.zone = ZoneInfo(zone)
        self._catalog = catalog(self.locale)

    def __call__(self, key: str, /, **data: object) -> str:
        """Return the text of ``key`` with its ``{placeholders}`` filled. Raises ``MissingWordsError``."""
        text = self._catalog.gettext(key)
        if text == key:
            raise MissingWordsError(key, self.locale)
        return text.format(**data)

    def plural(self, key: str, count: int, /, **data: object) -> str:
        """Return the singular or plural text of ``key`` for ``count``. Raises ``MissingWordsError``."""
        text = self._catalog.ngettext(key, key, count)
        if text == key:
            raise MissingWordsError(key, self.locale)
        return text.format(count=count, **data)

    def has(self, key: str) -> bool:
        """Tell whether the catalog holds ``key``."""
        return self._catalog.gettext(key) != key

    def day(self, day: dt.date) -> str:
        """Return a date in words, such as « jeudi 30 avril »."""
        if self.locale == "fr":
            number = "1er" if day.day == 1 else str(day.day)
            return format_date(day, f"EEEE '{number}' MMMM", locale="fr")
        return format_date(day, "EEEE d MMMM", locale="en_GB")

    def time(self, instant: dt.datetime) -> str:
        """Return a time of day in the reader's zone, such as « 16 h » or « 17 h 30 »."""
        local = instant.astimezone(self.zone)
        if self.locale == "fr":
            return f"{local.hour} h {local.minute:02}" if local.minute else f"{local.hour} h"
        return format_datetime(local, "HH:mm", locale="en_GB")

    def moment(self, instant: dt.datetime) -> str:
        """Return an instant in words in the reader's zone, such as « jeudi 30 avril à 16 h »."""
        local = instant.astimezone(self.zone)
        return self("common.moment", day=self.day(local.date()), time=self.time(instant))
