"""What texts mean, compared by a language model's vectors: an option, never needed.

A model is anything that gives a vector per text. Where it cannot be reached, nothing waits for it: words decide alone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from knowledge.entry import Entry
    from knowledge.postings import Array
    from knowledge.vocabulary import Numbers

    Vectors = NDArray[np.float32]

_BEGINNING = 600  # characters of a body that tell what the entry is about


class Embedder(Protocol):
    """A language model that gives texts their vectors."""

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:
        """Return a vector of length one per text, a row each; None when the model cannot be reached now.

        ``kept``: the texts are a library's, whose vectors may be stored; those of members' words never are.
        """


class Sensed(NamedTuple):
    """How near entries are to a question in meaning, as cosines: by their nearest phrase, and by their beginning."""

    phrase: Array
    whole: Array


class Senses:
    """The vectors of a library's entries: of each title and phrasing, and of each entry's beginning."""

    def __init__(self, phrases: Vectors, starts: Numbers, wholes: Vectors, embedder: Embedder) -> None:
        self._phrases, self._starts, self._wholes, self._embedder = phrases, starts, wholes, embedder
        self.digest = hashlib.sha256(phrases.tobytes()).hexdigest()
        """A text that changes with the vectors."""

    def compare(self, question: str, entries: Numbers) -> Sensed | None:
        """Return how near the entries are to a question; None when the model cannot be reached now."""
        asked = self._embedder.vectors([question])
        if asked is None:
            return None
        nearest = np.maximum.reduceat(self._phrases @ asked[0], self._starts)
        whole = self._wholes @ asked[0]
        return Sensed(nearest[entries].astype(np.float64), whole[entries].astype(np.float64))


def senses_of(entries: Sequence[Entry], embedder: Embedder) -> Senses | None:
    """Return the vectors of entries; None for none, and when the model cannot be reached now."""
    vectors = embedder.vectors(sensed_texts(entries), kept=True) if entries else None
    if vectors is None:
        return None
    starts = np.cumsum([0, *(1 + len(entry.phrasings) for entry in entries)])
    phrases, wholes = np.split(vectors, [int(starts[-1])])
    return Senses(phrases, starts[:-1].astype(np.int32), wholes, embedder)


def sensed_texts(entries: Sequence[Entry]) -> list[str]:
    """Return the texts of entries whose vectors are compared: all their phrases, then the beginning of each."""
    phrases = [phrase for entry in entries for phrase in (entry.title, *entry.phrasings)]
    return [*phrases, *(f"{entry.title}. {entry.body[:_BEGINNING]}" for entry in entries)]


class Remembering:
    """A model whose vectors of a library's texts are kept in memory: for a command that reads one library once."""

    def __init__(self, model: Embedder) -> None:
        self._model = model
        self._known: dict[str, NDArray[np.float32]] = {}

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:
        """Return a vector per text; the model is asked for those that are not known."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        found = self._model.vectors(missing, kept=kept) if missing else np.zeros((0, 0), np.float32)
        if found is None:
            return None
        known = self._known | dict(zip(missing, found, strict=True))
        if kept:
            self._known = known
        return np.array([known[text] for text in texts], np.float32)


def unit(vectors: Iterable[Sequence[float]]) -> Vectors:
    """Return vectors brought to length one. Raises ``ValueError`` when they are no finite numbers of one length."""
    rows = np.array(list(vectors), np.float32)
    if rows.ndim != 2 or not rows.size or not np.isfinite(rows).all():  # noqa: PLR2004
        raise ValueError("no vectors")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = rows / np.maximum(lengths, np.float32(1e-9))
    return scaled
