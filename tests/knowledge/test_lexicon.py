"""The word lists hold only what the matcher can come across, read as it reads the library and the questions."""

from __future__ import annotations

from knowledge import lexicon, text


def test_the_french_words_for_an_english_one_are_those_that_the_library_is_read_as() -> None:
    french = {word for words in lexicon.english().values() for word in words}
    assert [word for word in sorted(french) if text.words(word) != [word]] == []


def test_each_english_word_of_the_glossary_is_one_that_a_question_may_be_read_as() -> None:
    english = sorted(lexicon.english())
    assert [word for word in english if text.words(word) != [word] or word in lexicon.english_stop_words()] == []


def test_each_member_of_a_group_of_like_words_adds_to_it() -> None:
    for name, members in lexicon.concepts().items():
        stems = [tuple(text.stem(word) for word in text.content(text.words(member))) for member in members]
        assert all(stems), name
        assert len(set(stems)) == len(stems), name


def test_what_a_chat_word_stands_for_is_read_so() -> None:
    table = lexicon.abbreviations().words
    assert [word for word, meant in table.items() if text.words(word) != list(meant)] == []


def test_small_words_are_words_of_a_text() -> None:
    assert [word for word in sorted(lexicon.small_words()) if text.words(word) not in ([word], [])] == []
