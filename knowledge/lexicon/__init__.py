"""The matcher's word lists, read once from this folder: stop words, chat spellings, concepts, English, first names."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER = Path(__file__).parent

# What ends a message before its writer's name, as it is written: patterns, of which each reader makes its own.
SIGNING = (
    r"(?:(?:(?:bien|tr[eè]s) )?cordialement|cdl?t|bien [àa] vous|(?:sinc[eè]res )?salutations(?: distingu[ée]es)?)"
)
AWAITING = (
    r"(?:(?:je reste |nous restons )?dans l['’]attente (?:de|d['’]une?) (?:(?:votre|vos) )?"
    r"(?:aide|r[ée]ponse|retour)s?)"
)


@dataclass(frozen=True)
class Abbreviations:
    """What chats shorten: ``words`` maps one word to the words it stands for, phrases are undone in the text."""

    words: dict[str, tuple[str, ...]]
    phrases: dict[str, str]
    pattern: re.Pattern[str]

    def undo_phrases(self, folded: str) -> str:
        """Return folded text with the known expressions replaced by what they stand for."""
        return self.pattern.sub(lambda match: self.phrases[match.group()], folded)


@lru_cache(maxsize=1)
def abbreviations() -> Abbreviations:
    """Return the chat and trade spellings."""
    lists = _french()
    phrases: dict[str, str] = lists["phrases"]
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return Abbreviations(
        words={word: tuple(meaning.split()) for word, meaning in lists["words"].items()},
        phrases=phrases,
        pattern=re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?:(?<=')|(?!\w))"),
    )


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the French words that carry no meaning for the search."""
    return frozenset(_french()["stop_words"].split())


@lru_cache(maxsize=1)
def stems() -> dict[str, str]:
    """Return the stems of the French words that the stemmer takes for others."""
    found: dict[str, str] = _french()["stems"]
    return found


@lru_cache(maxsize=1)
def asking_words() -> frozenset[str]:
    """Return the words that say that somebody asks, not what."""
    return frozenset(_french()["asking_words"].split())


def telling(words: Iterable[str]) -> list[str]:
    """Return the words that say what is asked, not that something is."""
    return [word for word in words if word not in asking_words()]


def subject_words(words: Iterable[str]) -> list[str]:
    """Return the words that say what a question is about: neither words of asking nor small ones."""
    return [word for word in telling(words) if word not in small_words()]


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Return the words that weigh in the search and tell a reader nothing: auxiliaries, adverbs, pronouns."""
    return frozenset(_french()["small_words"].split())


@lru_cache(maxsize=1)
def trade() -> tuple[str, ...]:
    """Return the expressions of public purchasing that hardly anybody uses of anything else."""
    return tuple(_french()["trade"])


@lru_cache(maxsize=1)
def circumstances() -> tuple[str, ...]:
    """Return what people say of themselves and of their case around a question, whatever it is about."""
    return tuple((_FOLDER / "circumstances.txt").read_text("utf-8").split("\n")[:-1])


@lru_cache(maxsize=1)
def case_words() -> frozenset[str]:
    """Return the words that tell who writes and where their purchase stands."""
    return frozenset(_french()["case_words"].split())


@lru_cache(maxsize=1)
def background() -> tuple[str, ...]:
    """Return questions that people ask to anybody: the general notion of what is off topic."""
    return tuple((_FOLDER / "background.txt").read_text("utf-8").split("\n")[:-1])


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Return the first names by which people are thanked, and sign."""
    return frozenset((_FOLDER / "first_names.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def english_stop_words() -> frozenset[str]:
    """Return the English words that carry no meaning for the search."""
    return frozenset(_english()["stop_words"].split())


@lru_cache(maxsize=1)
def concepts() -> dict[str, tuple[str, ...]]:
    """Return the groups of words that mean nearly the same to a buyer, by group name."""
    return {name: tuple(members) for name, members in _french()["concepts"].items()}


@lru_cache(maxsize=1)
def english() -> dict[str, tuple[str, ...]]:
    """Return the French words for an English one."""
    found: dict[str, tuple[str, ...]] = {}
    for french, words in _english()["glossary"].items():
        for word in words.split():
            found[word] = (*found.get(word, ()), *french.split())
    return found


@lru_cache(maxsize=1)
def _french() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "fr.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _english() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "english.toml").read_text("utf-8"))
