"""The library's vectors: read by the model once, kept in the database, never those of members' words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from helpdesk.library import LibraryCache, publish
from helpdesk.tables import VectorRow
from helpdesk.vectors import KeptVectors
from knowledge import lexicon
from knowledge.senses import sensed_texts
from tests.helpdesk.network import Network
from tests.languagemodel import TinyModel
from tests.library import LIBRARY

TODAY = dt.date(2026, 6, 1)
TEXTS = len(set(sensed_texts(LIBRARY.entries)) | set(lexicon.background()))


def kept(network: Network) -> int:
    with network.office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(VectorRow)) or 0


def cache(network: Network, model: TinyModel, name: str = "tiny") -> LibraryCache:
    return LibraryCache(network.office.database, vectors=KeptVectors(network.office.database, model, name))


def test_questions_are_judged_by_their_words_until_the_library_is_read(network: Network) -> None:
    library = cache(network, TinyModel())
    assert library.matcher().index.senses is None
    assert library.prepare() == TEXTS == kept(network)
    assert library.matcher().index.senses is not None


def test_another_process_finds_the_vectors_and_asks_the_model_nothing(network: Network) -> None:
    cache(network, TinyModel()).prepare()
    model = TinyModel()
    library = cache(network, model)
    assert library.matcher().index.senses is not None
    assert library.prepare() == 0
    assert model.asked == []


def test_a_process_that_was_there_before_the_vectors_compares_meanings_too(network: Network) -> None:
    model = TinyModel()
    library = cache(network, model)
    assert library.matcher().index.senses is None
    cache(network, TinyModel()).prepare()
    assert library.prepare() == 0
    assert library.matcher().index.senses is not None
    assert model.asked == []


def test_a_published_entry_is_found_at_once_and_read_later(network: Network) -> None:
    model = TinyModel()
    library = cache(network, model)
    library.prepare()
    model.asked.clear()
    new = replace(LIBRARY.entries[0], title="Que faire d'un dirigeable municipal ?")
    with network.office.unit() as unit:
        publish(unit.session, new, network.ids["nadia"], unit.now)
    found = library.matcher().judge("dirigeable municipal", today=TODAY)
    assert found.scored[0].entry_id == new.id
    assert library.matcher().index.senses is None
    assert library.prepare() == len(model.asked) == 2  # its title, and its beginning
    assert library.matcher().index.senses is not None
    assert kept(network) == TEXTS


def test_members_words_are_never_stored(network: Network) -> None:
    model = TinyModel()
    library = cache(network, model)
    library.prepare()
    library.matcher().judge("ma commune refuse la facture de Dupont", today=TODAY)
    assert ("ma commune refuse la facture de Dupont", False) in model.asked
    assert kept(network) == TEXTS


def test_a_model_that_is_away_is_asked_again_later(network: Network) -> None:
    model = TinyModel()
    library = cache(network, model)
    model.away = True
    assert library.prepare() == kept(network) == 0
    model.away = False
    assert library.prepare() == TEXTS


@pytest.mark.parametrize("name", ["tiny", "another"])
def test_the_vectors_of_two_models_are_never_mixed(network: Network, name: str) -> None:
    cache(network, TinyModel()).prepare()
    model = TinyModel()
    assert (cache(network, model, name).prepare() == 0) == (name == "tiny")


def test_without_a_model_there_is_nothing_to_read(network: Network) -> None:
    assert LibraryCache(network.office.database).prepare() == 0
