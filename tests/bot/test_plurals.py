"""A key that code or a page looks up with a number has its plural in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.words import LOCALES, Words

BOT = Path(__file__).parents[2] / "bot"
_COUNTED = re.compile(r"""\.plural\(\s*["']([^"']+)["']""")


def counted_keys() -> list[str]:
    files = (path for path in BOT.rglob("*") if path.suffix in {".py", ".html"})
    return sorted({key for path in files for key in _COUNTED.findall(path.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", counted_keys())
def test_a_counted_key_has_a_singular_and_a_plural(key: str, locale: str) -> None:
    words = Words(locale)
    data = dict.fromkeys(re.findall(r"{(\w+)}", words._catalog.ngettext(key, key, 2)), "x")
    data.pop("count", None)
    assert words.plural(key, 1, **data)
    assert words.plural(key, 2, **data)
