"""Language models behind an OpenAI-compatible endpoint, and in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from bot import embedding
from bot.embedding import Endpoint, LocalModel, embedder_of, name_of
from bot.settings import load


class Served:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str | None, dict[str, Any]]] = []
        self.answer: bytes | None = None
        self.status = 200
        self.held = Event()
        self.held.set()


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.requests.append((self.path, self.headers["Authorization"], asked))
            served.held.wait(10)
            rows = [{"index": place, "embedding": [float(len(said)), 1.0]} for place, said in enumerate(asked["input"])]
            body = served.answer or json.dumps({"data": rows[::-1]}).encode()
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    served.held.set()
    server.shutdown()
    server.server_close()


def test_the_endpoint_gives_a_unit_vector_per_text_in_the_order_asked(address: str, served: Served) -> None:
    found = Endpoint(address, "petit-modele", "a-secret-key").vectors(["a", "abc"])
    assert found is not None
    assert found == pytest.approx(np.array([[1, 1], [3, 1]]) / np.sqrt([[2], [10]]), abs=1e-6)
    path, key, asked = served.requests[0]
    assert (path, asked["model"], asked["input"]) == ("/v1/embeddings", "petit-modele", ["a", "abc"])
    assert key == "Bearer a-secret-key"


def test_a_library_is_sent_in_batches(address: str, served: Served) -> None:
    found = Endpoint(address, "m").vectors([str(number) for number in range(150)], kept=True)
    assert found is not None
    assert len(found) == 150
    assert [len(asked["input"]) for _, _, asked in served.requests] == [64, 64, 22]


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"data": []}', b'{"data": [{"index": 0, "embedding": "x"}]}'])
def test_an_answer_that_is_no_vector_is_done_without(address: str, served: Served, answer: bytes) -> None:
    served.answer = answer
    assert Endpoint(address, "m").vectors(["a"]) is None


def test_an_endpoint_that_fails_is_left_alone_for_a_minute(address: str, served: Served) -> None:
    now = 0.0
    endpoint = Endpoint(address, "m", monotonic=lambda: now)
    served.status = 500
    assert [endpoint.vectors(["a"]) for _ in range(5)] == [None] * 5
    assert len(served.requests) == 3
    served.status, now = 200, 61.0
    assert endpoint.vectors(["a"]) is not None
    assert endpoint.vectors(["a"]) is not None


def test_a_question_does_not_wait_for_a_slow_endpoint(
    address: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "QUESTION_SECONDS", 0.05)
    served.held.clear()
    assert Endpoint(address, "m").vectors(["a"]) is None


def test_an_endpoint_that_is_not_there_is_done_without() -> None:
    assert Endpoint("http://127.0.0.1:9", "m").vectors(["a"]) is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    words = {"[UNK]": 0, "papier": 1, "feuille": 2, "bois": 3}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.array([[0.1, 0.1], [1, 0], [0.9, 0.1], [0, 1]], np.float32)
    StaticModel(vectors, tokenizer).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_a_model_in_a_folder_compares_meanings(folder: Path) -> None:
    found = LocalModel(folder).vectors(["papier", "feuille", "bois"])
    assert found is not None
    assert found[0] @ found[1] > 0.9
    assert found[0] @ found[2] < 0.2


def test_a_folder_that_holds_no_model_is_done_without(tmp_path: Path) -> None:
    assert LocalModel(tmp_path).vectors(["a"]) is None


def test_the_configuration_names_the_model(folder: Path, tmp_path: Path) -> None:
    def configured(text: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(f"[semantic]\n{text}\n", encoding="utf-8")
        return file

    local = load(configured(f'folder = "{folder}"'))
    remote = load(configured('endpoint = "https://models.example"\nmodel = "m"'))
    assert isinstance(embedder_of(local), LocalModel)
    assert isinstance(embedder_of(remote), Endpoint)
    assert embedder_of(load(configured(""))) is None
    assert name_of(local) != name_of(remote)
