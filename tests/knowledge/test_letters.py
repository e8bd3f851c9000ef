from __future__ import annotations

import numpy as np
import pytest

from knowledge import letters
from knowledge.index import Index
from knowledge.question import read_question
from knowledge.text import Language
from tests.benchmarks.bench_matching import generated, questions


def test_an_entry_s_own_words_have_a_cosine_of_one_with_it() -> None:
    index = Index(generated(30), Language.FRENCH)
    span = slice(index.words.starts[4], index.words.starts[5])
    names = [index.vocabulary.words[number] for number in index.words.words[span].tolist()]
    said = (index.words.spoken[span].astype(int) + index.words.written[span]).tolist()
    everything = [name for name, count in zip(names, said, strict=True) for _ in range(count)]
    _, everywhere = index.letters.cosines([everything], np.arange(30, dtype=np.int32))
    assert everywhere[0][4] == pytest.approx(1.0, abs=1e-5)
    assert np.delete(everywhere[0], 4).max() < 1


def test_words_whose_letters_nobody_holds_are_near_nobody() -> None:
    index = Index(generated(30), Language.FRENCH)
    spoken, everywhere = index.letters.cosines([["ђжщ"], []], np.arange(30, dtype=np.int32))
    assert not np.any([*spoken, *everywhere])


def test_estimates_in_a_large_library_are_near_the_cosines_of_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = generated(400)
    exact = Index(entries, Language.FRENCH)
    monkeypatch.setattr(letters, "SMALL", 200)
    estimated = Index(entries, Language.FRENCH)
    some = np.arange(0, 400, 7, dtype=np.int32)
    for question, _ in questions(entries)[:20]:
        words = read_question(question, exact).read
        for true, near in zip(
            exact.letters.cosines([words], some), estimated.letters.cosines([words], some), strict=True
        ):
            assert near[0] == pytest.approx(true[0], abs=0.08)
            assert np.corrcoef(true[0], near[0])[0, 1] > 0.97


def test_words_that_another_library_brought_change_nothing() -> None:
    entries = generated(40)
    some = np.arange(40, dtype=np.int32)
    words = read_question("zygomatique du marché", Index(entries, Language.FRENCH)).written
    before = Index(entries, Language.FRENCH).letters.cosines([words], some)
    vocabulary = Index(entries, Language.FRENCH).vocabulary
    with vocabulary.lock:
        vocabulary.read(["zygomatiques"])
    after = Index(entries, Language.FRENCH).letters.cosines([words], some)
    for old, new in zip(before, after, strict=True):
        assert old[0].tolist() == new[0].tolist()
