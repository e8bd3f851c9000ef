"""Files beside a message, where the channel cannot carry them: their names and sizes, with a link to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from bot.render.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channel import FileRef
    from bot.words import Words

_KILO = 1024


def listed(files: Iterable[FileRef], words: Words) -> str:
    """Return the files as one paragraph of CommonMark."""
    names = ", ".join(f"[{escape(file.name)}](/files/{file.id}) ({size(file.size, words)})" for file in files)
    return words("files.listed", names=names)


def size(count: int, words: Words) -> str:
    """Return a size in bytes as people read it."""
    kilobytes = max(1, round(count / _KILO))
    if kilobytes < _KILO:
        return words("files.kilobytes", count=kilobytes)
    return words("files.megabytes", count=format_decimal(kilobytes / _KILO, "0.#", locale=words.locale))
