"""A tiny language model: words are directions drawn from their letters, and words said to mean the same share one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from knowledge import text
from knowledge.senses import unit

if TYPE_CHECKING:
    from knowledge.senses import Vectors

SIZE = 64


class TinyModel:
    """Gives vectors until ``away``; ``asked`` holds every text that it was given, with whether it may be kept."""

    def __init__(self, same: dict[str, str] | None = None) -> None:
        self.same = same or {}
        self.away = False
        self.asked: list[tuple[str, bool]] = []

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:
        if self.away:
            return None
        self.asked += [(said, kept) for said in texts]
        return unit(self._sum(said) for said in texts)

    def _sum(self, said: str) -> list[float]:
        words = text.content(text.words(said)) or ["nothing"]
        total = sum(self._direction(self.same.get(word, word)) for word in words)
        assert isinstance(total, np.ndarray)
        return [float(value) for value in total]

    @staticmethod
    @cache
    def _direction(word: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        draw = np.random.default_rng(zlib.crc32(text.stem(word).encode()))
        return draw.standard_normal(SIZE)
