"""Engines that only rank, to be measured beside the matcher: each takes a library and returns a question's first entry.

``uv run --group bench`` brings bm25s and tantivy; what is not installed is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from knowledge.entry import Entry

First = Callable[[str], str]
LISTED = 10
_WORD = re.compile(r"\w+")


def installed(name: str) -> Any:  # noqa: ANN401 - engines without type information
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def texts(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield " ".join((entry.title, *entry.phrasings, entry.body))


def by_fts5(entries: Sequence[Entry]) -> First:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE entry USING fts5(id UNINDEXED, title, phrasings, body)")
    rows = ((entry.id, entry.title, " ".join(entry.phrasings), entry.body) for entry in entries)
    database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows)

    def first(question: str) -> str:
        query = " OR ".join(f'"{word}"' for word in _WORD.findall(question))
        search = f"SELECT id FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT {LISTED}"
        found = database.execute(search, (query,)).fetchall()
        return str(found[0][0]) if found else ""

    return first


def by_rapidfuzz(entries: Sequence[Entry]) -> First:
    titles = {entry.id: entry.title for entry in entries}

    def first(question: str) -> str:
        return str(process.extract(question, titles, scorer=fuzz.token_set_ratio, limit=LISTED)[0][2])

    return first


def by_bm25s(entries: Sequence[Entry]) -> First | None:
    bm25s = installed("bm25s")
    if bm25s is None:
        return None
    engine = bm25s.BM25(backend="numba" if installed("numba") else "numpy")
    engine.index(bm25s.tokenize(list(texts(entries)), stopwords=None, show_progress=False), show_progress=False)

    def first(question: str) -> str:
        words = bm25s.tokenize([question], stopwords=None, return_ids=False, show_progress=False)
        numbers, _ = engine.retrieve(words, k=LISTED, show_progress=False)
        return entries[int(numbers[0][0])].id

    return first


def by_tantivy(entries: Sequence[Entry]) -> First | None:
    tantivy = installed("tantivy")
    if tantivy is None:
        return None
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("text")
    index = tantivy.Index(schema.build())
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    for entry, text in zip(entries, texts(entries), strict=True):
        writer.add_document(tantivy.Document(id=entry.id, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def first(question: str) -> str:
        query = index.parse_query(" ".join(_WORD.findall(question)), ["text"])
        hits = searcher.search(query, LISTED).hits
        return str(searcher.doc(hits[0][1])["id"][0]) if hits else ""

    return first
