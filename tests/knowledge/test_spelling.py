from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge import text
from knowledge.index import Index
from knowledge.lattice import Candidates
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.spelling import MOST_LOOKUPS, Speller
from knowledge.text import Language
from tests.benchmarks.bench_matching import generated


def read(matcher: Matcher, message: str) -> list[str]:
    readings = matcher.index.speller.read(text.words(message))
    return [
        word
        for reading in readings
        for word in ([reading.likeliest] if len(reading.candidates) > 1 else reading.candidates)
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("environnemnt", "environnement"),
        ("notr ecollectivité", "notre collectivite"),
        ("envi ronnement", "environnement"),
        ("marchépublic", "marche public"),
        ("prgrès", "progres"),
        ("dzs marchés", "des marches"),
        ("marchéxpublic", "marche public"),
        ("environnemntpublic", "environnement public"),
    ],
)
def test_a_misspelt_message_is_read_as_meant(matcher: Matcher, written: str, meant: str) -> None:
    assert read(matcher, written) == meant.split()


@pytest.mark.parametrize(
    "right",
    ["quel temps fait il dimanche", "les pneus rechapés", "un chat dort sur le canapé", "plafonnement de l'indemnité"],
)
def test_right_words_are_left_alone(matcher: Matcher, right: str) -> None:
    assert read(matcher, right) == text.words(right)


@pytest.mark.parametrize("asked", ["", "what is the best way to buy our own "])
def test_only_so_many_words_are_looked_up_in_either_language(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    words = [f"environnemnt{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]
    near, looked_up = Speller.near, list[str]()

    def counted(speller: Speller, word: str) -> Candidates:
        looked_up.append(word)
        return near(speller, word)

    monkeypatch.setattr(Speller, "near", counted)
    question = read_question(asked + " ".join(words), matcher.index)
    assert len(question.read) >= len(words)
    assert 0 < len(looked_up) <= MOST_LOOKUPS


def test_where_a_word_is_misspelt_a_right_one_is_doubted_too(matcher: Matcher) -> None:
    def meant(message: str) -> set[str]:
        return {word for reading in matcher.index.speller.read(text.words(message)) for word in reading.candidates}

    assert meant("un manche public").isdisjoint({"marche", "marches"})
    assert {"manche", "marche"} <= meant("un manche publik")


def test_a_misspelt_english_question_is_read_through_the_glossary(matcher: Matcher) -> None:
    question = read_question("is the pourchasing of plastci allowed", matcher.index)
    assert {"achat", "plastiqu"} <= question.stems.keys()


def test_the_english_words_that_a_misspelt_one_may_be_add_up_to_the_french_one_they_share(matcher: Matcher) -> None:
    written, misspelt = (
        read_question(f"which {word} are allowed to bid", matcher.index) for word in ("companies", "companys")
    )
    assert misspelt.stems["entrepri"] == pytest.approx(written.stems["entrepri"], rel=0.01)


def test_a_set_of_criteria_sets_nothing_aside(matcher: Matcher) -> None:
    stems = read_question("what must a set of award criteria contain", matcher.index).stems.keys()
    assert "criter" in stems
    assert "reserv" not in stems


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("wht shar eof oganic foood must a schoolcanteen buy", {"bio", "scolair", "cantin", "achet"}),
        ("cn we requirethe wokr to eb dnoe in France", {"exig", "franc"}),
    ],
)
def test_english_is_known_however_badly_it_is_typed(matcher: Matcher, message: str, meant: set[str]) -> None:
    assert meant <= read_question(message, matcher.index).stems.keys()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("vixeux pc  ajeter no faie koi", "jet"),
        ("max hvaelaar ca veutb direbio auss?i", "bio"),
        ("un food truck on peut lui demander du bio ?", "demand"),
        ("exigence ans liena vic lobje tdm arzcher", "exigent"),
    ],
)
def test_french_badly_typed_or_with_english_names_is_no_english(matcher: Matcher, message: str, said: str) -> None:
    assert said in read_question(message, matcher.index).stems


def test_a_letter_swapped_or_lost_is_likelier_than_a_wrong_one() -> None:
    speller = Speller({"zalto": 9, "zatelo": 9, "zatvo": 9}, text.Language.FRENCH)
    near = speller.near("zatlo")
    swapped, lost, wrong = near["zalto"], near["zatelo"], near["zatvo"]
    assert swapped == pytest.approx(lost)
    assert wrong < lost / 3


LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzжћќ")


@settings(max_examples=60, deadline=None)
@given(
    word=st.text(LETTERS, min_size=9, max_size=21), edits=st.lists(st.tuples(st.integers(0, 20), LETTERS), max_size=3)
)
def test_no_known_word_within_reach_is_missed(word: str, edits: list[tuple[int, str]]) -> None:
    written = word
    for place, letter in edits:
        left, right = written[:place], written[place:]
        kind = (place + ord(letter)) % 3
        written = left + (right[1:] if kind == 0 else letter + right[kind - 1 :])  # lost, added, replaced
    speller = Speller({word: 1_000_000}, Language.FRENCH)
    assume(len(written) > 8 and not speller.knows(written))  # three errors from nine letters on
    assert word in speller.near(written)


@pytest.mark.parametrize("message", ["els labels", "lse labels", "labels pourr", "dse labels"])
def test_a_misspelt_small_word_brings_nothing(matcher: Matcher, message: str) -> None:
    assert set(read_question(message, matcher.index).read) == {"labels"}


@pytest.mark.parametrize(
    ("one", "other", "misspelt"), [("clause", "cause", "cxause"), ("bois", "bons", "boins"), ("lot", "loi", "lok")]
)
def test_a_word_misspelt_alike_is_read_as_the_library_says_it_beside_its_neighbour(
    one: str, other: str, misspelt: str
) -> None:
    phrases = (f"{one} sociale", f"une {one} sociale verte", f"{other} nationale", f"une {other} nationale ancienne")
    entries = [
        replace(entry, title=phrase, phrasings=(), body="")
        for entry, phrase in zip(generated(len(phrases)), phrases, strict=True)
    ]
    index = Index(entries, Language.FRENCH)
    assert read_question(f"{misspelt} sociale", index).read == (one, "sociale")
    assert read_question(f"nouvelle {misspelt} nationale", index).read == ("nouvelle", other, "nationale")


@pytest.mark.parametrize("word", ["crémation", "limande", "potirons", "blettes", "déduis", "panais", "nettoiement"])
def test_a_word_of_the_dictionary_is_right_however_rare(matcher: Matcher, word: str) -> None:
    assert read_question(f"un marché de {word}", matcher.index).corrections == {}


def test_an_acronym_in_capitals_that_the_library_does_not_know_is_no_other_one(matcher: Matcher) -> None:
    for acronym in ("MARPA", "OFB", "DGF", "NPNRU", "SSIAD"):
        assert read_question(f"c'est quoi {acronym}", matcher.index).corrections == {}
    assert read_question("c'est quoi SPASR", matcher.index).corrections == {"spasr": "spaser"}
    assert read_question("C'EST QUOI LA MARPA", matcher.index).corrections == {"marpa": "mapa"}, "all is in capitals"
