"""What tells a question that people ask to anybody from one of the network's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import lexicon
from knowledge.background import Background
from knowledge.decision import Decision
from knowledge.files import Library
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.text import Language
from tests.benchmarks.bench_matching import generated

# Written for measuring, by people who knew the titles of the library alone: 80 short messages, 20 that tell a story,
# 120 more by another hand. Those of `homonyms.txt` use words of purchasing for something else.
_FOLDER = Path(__file__).parent
_OFF_TOPIC = (_FOLDER / "off_topic.txt").read_text("utf-8").splitlines()
_HOMONYMS = (_FOLDER / "homonyms.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def index(matcher: Matcher) -> Index:
    return matcher.index


@pytest.mark.parametrize(
    ("messages", "turned_away", "to_experts"),
    [
        (_OFF_TOPIC[:80], 70, 5),
        (_OFF_TOPIC[80:100], 16, 1),
        (_OFF_TOPIC[100:], 88, 12),
        (_HOMONYMS, 36, 32),  # 0.38 and 0.29 as it stands: what words mean together is not read
    ],
    ids=["short", "stories", "another hand", "words of purchasing for something else"],
)
def test_what_the_town_hall_is_asked_besides_is_turned_away(
    matcher: Matcher, today: dt.date, messages: list[str], turned_away: int, to_experts: int
) -> None:
    found = Counter(matcher.judge(message, today=today).decision for message in messages)
    assert found[Decision.REDIRECT] >= turned_away
    assert found[Decision.EXPERTS] <= to_experts
    assert found[Decision.ANSWER] <= 1


def test_no_message_to_measure_with_is_one_to_learn_from() -> None:
    assert len(_OFF_TOPIC + _HOMONYMS) == len({*_OFF_TOPIC, *_HOMONYMS}) == 325
    assert {*_OFF_TOPIC, *_HOMONYMS}.isdisjoint(lexicon.background())


def test_what_is_surely_off_topic_is_turned_away_however_near_an_entry(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("comment faire un passeport", today=today)
    assert judgement.confidence > 0.9
    assert judgement.decision is Decision.REDIRECT


def test_a_phrase_of_the_library_is_answered_however_strange(matcher: Matcher, today: dt.date) -> None:
    phrase = "un telephone n'a plus d'indice francais mais une lettre de A a E, normal ?"
    explained = matcher.explain(phrase, today=today)
    assert explained.signals["strangeness"] > 0.9
    assert explained.judgement.decision is Decision.ANSWER


def test_small_words_tell_who_speaks(index: Index) -> None:
    background = Background(index)
    mine, ours = (
        background.compare(read_question(message, index)).odds
        for message in ("j'ai un souci avec mes tables", "nous avons un souci avec nos tables")
    )
    assert mine > ours


def test_a_word_that_neither_says_tells_nothing(index: Index) -> None:
    background = Background(index)
    assert background.compare(read_question("zygomatique zinzoline", index)).odds == pytest.approx(0)
    assert background.compare(read_question("", index)) == (0, 0)


def test_a_question_of_the_background_is_not_compared_with_itself(index: Index) -> None:
    background = Background(index)
    question = read_question(lexicon.background()[6], index)
    itself, others = background.compare(question), background.compare(question, leaving_out=6)
    assert itself.nearness == pytest.approx(1)
    assert others.nearness < 0.6
    assert others.odds < itself.odds


def test_an_english_library_tells_nothing_by_the_words_of_french_questions() -> None:
    titles = ["How do I cancel an order?", "Where is my parcel?", "How can I change my password?"]
    made = generated(len(titles))
    english = [replace(entry, title=title, phrasings=(), body="") for entry, title in zip(made, titles, strict=True)]
    index = Index(english, Language.ENGLISH)
    assert Background(index).compare(read_question("where do I grow tomatoes", index)).odds == 0


def test_a_library_of_few_titles_turns_away_little_of_what_it_does_not_say(library: Library, today: dt.date) -> None:
    few = Matcher([replace(entry, phrasings=(), synonyms=()) for entry in library.entries[::16]], library.themes)
    questions = ["Quelle garantie demander pour une balayeuse ?", "bancs en bois pr le parc, quelle essence"]
    assert Decision.REDIRECT not in {few.judge(question, today=today).decision for question in questions}
