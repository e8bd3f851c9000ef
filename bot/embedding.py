"""Language models that compare meanings: a folder on this machine, or an OpenAI-compatible ``/v1/embeddings`` endpoint.

Neither is needed, and neither holds an answer back: an endpoint that is slow or fails is left alone for a while.
"""

from __future__ import annotations

import importlib
import time
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog

from knowledge.senses import unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.settings import Settings
    from knowledge.senses import Embedder, Vectors

QUESTION_SECONDS = 0.8  # a question waits no longer for its vector
LIBRARY_SECONDS = 30.0  # for a batch of a library's texts, which nobody waits for
_BATCH, _LONGEST_NAME = 64, 300
_FAILURES, _REST_SECONDS = 3, 60.0  # failures in a row after which the endpoint is left alone, and for how long

_log = structlog.get_logger(__name__)


def name_of(settings: Settings) -> str:
    """Return what tells the vectors of the configured model from those of another."""
    section = settings.configuration.semantic
    return f"{section.folder or section.endpoint}#{section.model}"[-_LONGEST_NAME:]


def embedder_of(settings: Settings) -> Embedder | None:
    """Return the configured language model, None without one."""
    section, key = settings.configuration.semantic, settings.secrets.embedding_key
    if section.folder:
        return LocalModel(section.folder)
    if section.endpoint:
        return Endpoint(section.endpoint, section.model, key.get_secret_value() if key else "")
    return None


class LocalModel:
    """A model read from a folder, without any network: of sentence-transformers or of model2vec.

    It is read when it is first asked, since that takes seconds; without its Python package there are no vectors.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()  # such models are not made for several threads

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:  # noqa: ARG002 - all are alike here
        """Return a vector per text, None when the model cannot be read."""
        with self._lock:
            return None if self._model is None else unit(self._model.encode(list(texts)))

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - packages that may be missing
        try:
            parts = self._folder / "modules.json"
            if not parts.exists() or "StaticEmbedding" in parts.read_text("utf-8"):
                return importlib.import_module("model2vec").StaticModel.from_pretrained(str(self._folder))
            library = importlib.import_module("sentence_transformers")
            return library.SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (ImportError, OSError, ValueError) as error:
            _log.error("model_unreadable", folder=str(self._folder), error=str(error))
            return None


class Endpoint:
    """A server that gives vectors; after several failures in a row it is not asked for a minute."""

    def __init__(
        self, address: str, model: str, key: str = "", *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._model, self._monotonic = model, monotonic
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        import httpx  # noqa: PLC0415 - loaded only by those who have a server of models

        self._failed = (httpx.HTTPError, ValueError, KeyError, TypeError)
        self._client = httpx.Client(base_url=address, headers=headers)
        self._failures, self._rests_until = 0, 0.0

    def vectors(self, texts: Sequence[str], *, kept: bool = False) -> Vectors | None:
        """Return a vector per text, None when the endpoint fails, is too slow, or rests."""
        if self._failures >= _FAILURES and self._monotonic() < self._rests_until:
            return None
        rows: list[Sequence[float]] = []
        try:
            for start in range(0, len(texts), _BATCH):
                rows += self._asked(texts[start : start + _BATCH], LIBRARY_SECONDS if kept else QUESTION_SECONDS)
            found = unit(rows)
        except self._failed as error:
            self._failures += 1
            self._rests_until = self._monotonic() + _REST_SECONDS
            _log.warning("embedding_failed", error=type(error).__name__, failures=self._failures)
            return None
        self._failures = 0
        return found

    def _asked(self, texts: Sequence[str], seconds: float) -> list[Sequence[float]]:
        body = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        answer = self._client.post("/v1/embeddings", json=body, timeout=seconds).raise_for_status().json()
        rows = [row["embedding"] for row in sorted(answer["data"], key=lambda row: int(row["index"]))]
        if len(rows) != len(texts):
            raise ValueError("not a vector per text")
        return rows
