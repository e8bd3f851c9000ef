"""Who receives a question: by theme, declared absence and load. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Candidate:
    """An expert as routing sees them. ``open_tickets``: what they have now."""

    person_id: int
    themes: frozenset[str]
    away: bool
    open_tickets: int


def choose(
    theme: str | None,
    candidates: Iterable[Candidate],
    covers: Mapping[str, Sequence[str]],
    *,
    prefer: int | None = None,
    exclude: frozenset[int] = frozenset(),
) -> int | None:
    """Return the expert for a theme, or None when nobody is available.

    ``prefer`` (who answered before) comes first if present. Then the least loaded expert of the theme, then those of
    the themes that cover for it, in order; equal loads go to the lowest id, so that the choice can be explained.
    """
    present = [candidate for candidate in candidates if not candidate.away and candidate.person_id not in exclude]
    if prefer is not None and any(candidate.person_id == prefer for candidate in present):
        return prefer
    if theme is None:
        return None
    for wanted in (theme, *covers.get(theme, ())):
        able = [candidate for candidate in present if wanted in candidate.themes]
        if able:
            return min(able, key=lambda candidate: (candidate.open_tickets, candidate.person_id)).person_id
    return None
