"""The vectors of the library's texts, kept in the database by the hash of the text: a model gives each only once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, select

from helpdesk.database import insert_once
from helpdesk.tables import VectorRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helpdesk.database import Database
    from knowledge.senses import Embedder, Vectors

_BATCH = 64  # texts given to the model, and vectors stored, at once


class KeptVectors:
    """A language model behind the vectors that the database already has.

    A library's vectors are only looked up here: until ``prepare`` has stored them all, there are none, and the words of
    questions decide alone. Members' words are never stored.
    """

    def __init__(self, database: Database, model: Embedder, name: str) -> None:
        self._database, self._model, self._name = database, model, name
        self._known: dict[str, Vectors] = {}

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:
        """Return a vector per text; None when one is missing, or the model cannot be reached for a question."""
        digests = [_digest(text) for text in texts]
        if kept and not self._known.keys() >= set(digests):
            self._known = self._stored()
        if self._known.keys() >= set(digests):
            return np.array([self._known[digest] for digest in digests], np.float32)
        return None if kept else self._model.vectors(texts)

    def prepare(self, texts: Iterable[str]) -> int:
        """Store the vectors that are missing and forget those of other texts; return how many were stored."""
        wanted = {_digest(text): text for text in texts}
        stored = self._stored()
        self._forget(stored.keys() - wanted.keys())
        missing = sorted(wanted.keys() - stored.keys())
        for start in range(0, len(missing), _BATCH):
            some = missing[start : start + _BATCH]
            found = self._model.vectors([wanted[digest] for digest in some], kept=True)
            if found is None:
                return start
            with self._database.transaction() as session:
                for digest, vector in zip(some, found, strict=True):
                    insert_once(
                        session, VectorRow, model=self._name, digest=digest, data=vector.astype("<f4").tobytes()
                    )
        return len(missing)

    def _stored(self) -> dict[str, Vectors]:
        with self._database.reading() as session:
            rows = session.execute(select(VectorRow.digest, VectorRow.data).where(VectorRow.model == self._name))
            return {digest: np.frombuffer(data, "<f4").astype(np.float32) for digest, data in rows}

    def _forget(self, digests: Iterable[str]) -> None:
        gone = sorted(digests)
        for start in range(0, len(gone), _BATCH):
            some = VectorRow.digest.in_(gone[start : start + _BATCH])
            with self._database.transaction() as session:
                session.execute(delete(VectorRow).where(VectorRow.model == self._name, some))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
