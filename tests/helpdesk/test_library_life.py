"""The library in the database: imported, edited here, imported again, published and found in every process."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.errors import ConflictError, InvalidInputError, TransitionError
from helpdesk.library import LibraryCache, import_library, publish, published_entries, published_entry
from helpdesk.notices import NoticeKind as K
from knowledge.files import Library, as_filed
from tests.helpdesk.network import Network, account, only
from tests.library import LIBRARY

if TYPE_CHECKING:
    from helpdesk.library import ImportReport
    from knowledge.entry import Entry

FIRST = LIBRARY.entries[0]


def _import(network: Network, *entries: Entry) -> ImportReport:
    changed = {entry.id: entry for entry in entries}
    library = Library(LIBRARY.themes, tuple(changed.get(entry.id, entry) for entry in LIBRARY.entries))
    with network.office.unit() as unit:
        return import_library(unit.session, library, unit.now)


def _text(network: Network) -> str:
    with network.office.reading() as unit:
        entry = published_entry(unit.session, FIRST.id)
        assert entry is not None
        return entry.body


def test_importing_again_changes_nothing(network: Network) -> None:
    before = network.everything()
    report = _import(network)
    assert (report.added, report.updated, report.kept, report.unchanged) == ((), (), (), len(LIBRARY.entries))
    assert network.everything() == before


def test_a_changed_file_is_taken_and_so_is_its_return_to_the_former_text(network: Network) -> None:
    assert _import(network, replace(FIRST, body="Nouveau.")).updated == (FIRST.id,)
    assert _text(network) == "Nouveau."
    assert _import(network).updated == (FIRST.id,)
    assert _text(network) == FIRST.body


def test_what_changes_in_a_theme_is_known_at_once_in_another_process(network: Network) -> None:
    elsewhere = LibraryCache(network.office.database)
    assert elsewhere.matcher().themes == LIBRARY.themes
    changed = tuple(replace(theme, about=("barquette",)) for theme in LIBRARY.themes)
    with network.office.unit() as unit:
        report = import_library(unit.session, replace(LIBRARY, themes=changed), unit.now)
    assert report.unchanged == len(LIBRARY.entries)
    assert elsewhere.matcher().themes == changed


def test_an_edit_made_here_outlives_an_import(network: Network) -> None:
    with network.office.unit() as unit:
        publish(unit.session, replace(FIRST, body="Corrigé ici."), network.ids["nadia"], unit.now)
    report = _import(network, replace(FIRST, body="Nouveau."))
    assert (report.kept, report.updated) == ((FIRST.id,), ())
    assert _text(network) == "Corrigé ici."


def test_an_answer_becomes_an_entry_found_at_once_in_another_process(network: Network) -> None:
    elsewhere = LibraryCache(network.office.database)
    today = dt.date(2026, 6, 1)
    title = "Que faire d'un fournisseur qui réclame des pénalités de retard ?"
    assert title not in {entry.title for entry in elsewhere.matcher().entries}
    ticket = network.assigned(text=title)
    network.experts.answer(network.key(), account("marc"), ticket, "Vérifiez le CCAG.")
    assert only(network.deliver(), K.offer_entry, "marc").ticket == ticket
    network.experts.propose_entry(network.key(), account("marc"), ticket, title, "Vérifiez.", ("CCAG-FCS",))
    (candidate,) = network.coordinators.candidates(account("nadia"))
    assert (candidate.title, candidate.theme, candidate.author) == (title, "juridique", "Marc")
    entry = network.coordinators.decide_candidate(
        network.key(), account("nadia"), candidate.id, publish=True, body="Vérifiez le CCAG, article 14."
    )
    assert entry is not None
    judged = elsewhere.matcher().judge(title, today=today)
    assert judged.scored[0].entry_id == entry
    assert network.desk.entry(entry).body == "Vérifiez le CCAG, article 14."
    told = [notice for notice in network.deliver() if notice.kind is K.entry_decided]
    assert [(notice.name, notice.data["published"], notice.data["entry_id"]) for notice in told] == [
        ("marc", True, entry)
    ]
    assert network.coordinators.candidates(account("nadia")) == ()


def test_a_proposal_is_decided_once_and_never_published_without_a_source(network: Network) -> None:
    ticket = network.assigned()
    with pytest.raises(TransitionError):
        network.experts.propose_entry(network.key(), account("marc"), ticket, "Titre", "Texte", ("CCP",))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.experts.propose_entry(network.key(), account("marc"), ticket, "Titre", "Texte", (" ",))
    with pytest.raises(ConflictError, match="already_proposed"):
        network.experts.propose_entry(network.key(), account("ines"), ticket, "Titre", "Texte", ("CCP",))
    (candidate,) = network.coordinators.candidates(account("nadia"))
    decide = network.coordinators.decide_candidate
    with pytest.raises(InvalidInputError, match="source_missing"):
        decide(network.key(), account("nadia"), candidate.id, publish=True)
    with pytest.raises(InvalidInputError, match="no_such_theme"):
        decide(network.key(), account("nadia"), candidate.id, publish=True, theme="sports", sources=("CCP",))
    assert decide(network.key(), account("nadia"), candidate.id, publish=False) is None
    with pytest.raises(ConflictError, match="already_decided"):
        decide(network.key(), account("omar"), candidate.id, publish=True, sources=("CCP",))


def _proposed(network: Network, title: str, body: str = "Texte") -> int:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.experts.propose_entry(network.key(), account("marc"), ticket, title, body, ("CCP",))
    return network.coordinators.candidates(account("nadia"))[-1].id


def test_a_published_entry_is_one_that_any_library_takes(network: Network) -> None:
    candidate = _proposed(network, "Titre de Marc")
    entry = network.coordinators.decide_candidate(
        network.key(),
        account("nadia"),
        candidate,
        publish=True,
        title="Un titre\n corrigé ?",
        body=f"Voir [la première](entry:{FIRST.id}).\n",
    )
    assert entry == "faq-un-titre-corrige"
    with network.office.reading() as unit:
        (made,) = (found for found in published_entries(unit.session) if found.id == entry)
    assert (made.title, made.phrasings) == ("Un titre corrigé ?", ("Un titre corrigé ?",))
    others = {found.id for found in LIBRARY.entries}
    assert as_filed(made, {theme.id for theme in LIBRARY.themes}, others) == made


@pytest.mark.parametrize(
    ("corrected", "fault"),
    [
        ({"body": "Voir [ceci](entry:nope)."}, "dead_link"),
        ({"body": "Un <b>texte</b>."}, "html_in_body"),
        ({"body": " "}, "no_body"),
        ({"title": " "}, "text_expected"),
    ],
)
def test_what_a_library_would_refuse_is_not_published_and_nothing_is_decided(
    network: Network, corrected: dict[str, str], fault: str
) -> None:
    candidate = _proposed(network, "Titre")
    before = network.everything()
    with pytest.raises(InvalidInputError, match="entry_refused") as refused:
        network.coordinators.decide_candidate(
            network.key(), account("nadia"), candidate, publish=True, title=corrected.get("title"),
            body=corrected.get("body"),
        )  # fmt: skip
    assert fault in {found.code for found in refused.value.data["faults"]}  # type: ignore[attr-defined]
    assert network.everything() == before


def test_emptied_sources_are_not_replaced_by_those_proposed(network: Network) -> None:
    candidate = _proposed(network, "Titre")
    decide = network.coordinators.decide_candidate
    with pytest.raises(InvalidInputError, match="source_missing"):
        decide(network.key(), account("nadia"), candidate, publish=True, sources=())
    assert decide(network.key(), account("nadia"), candidate, publish=True) == "faq-titre"


def test_an_entry_s_id_is_its_title_in_plain_letters(network: Network) -> None:
    candidate = _proposed(network, "L’œuf de plein air, où l'acheter ?")
    decide = network.coordinators.decide_candidate
    assert decide(network.key(), account("nadia"), candidate, publish=True) == "faq-l-oeuf-de-plein-air-ou-l-acheter"


def test_two_entries_of_one_title_have_two_ids(network: Network) -> None:
    ids = []
    for _ in range(2):
        ticket = network.assigned()
        network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
        network.experts.propose_entry(network.key(), account("marc"), ticket, "Même titre", "Texte", ("CCP",))
        (candidate,) = network.coordinators.candidates(account("nadia"))
        ids.append(network.coordinators.decide_candidate(network.key(), account("nadia"), candidate.id, publish=True))
    assert ids == ["faq-meme-titre", "faq-meme-titre-2"]
