"""Members teach the library: what they confirm may become a phrasing, what they turn down is no longer answered."""

from __future__ import annotations

import pytest

from helpdesk.errors import NotAllowedError, NotFoundError
from helpdesk.learnt import learnt, store_calibration, stored_calibration, with_phrasings
from helpdesk.lessons import Lessons
from helpdesk.library import LibraryCache, published_entry
from helpdesk.model import State
from helpdesk.views import LessonView
from knowledge.calibration import UNCALIBRATED
from knowledge.entry import Entry
from tests.helpdesk.network import Network, account, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, NEAR


def _lessons(network: Network) -> Lessons:
    return Lessons(network.office)


def _of(network: Network, entry: str, name: str = "marc") -> tuple[LessonView, ...]:
    return _lessons(network).of_entry(account(name), entry)


def _chosen(network: Network, name: str = "claire") -> int:
    """Read the first of three suggestions."""
    ticket = network.asks(name, CLOSE)
    network.desk.choose(network.key(), account(name), ticket, 1)
    return ticket


def _phrasings(network: Network) -> tuple[str, ...]:
    with network.office.reading() as unit:
        entry = published_entry(unit.session, NEAR[0])
        assert isinstance(entry, Entry)
        (found,) = with_phrasings(unit.session, [entry])
        return found.phrasings


def test_a_confirmed_answer_proposes_the_members_wording(network: Network) -> None:
    ticket = _chosen(network)
    network.desk.solved(network.key(), account("claire"), ticket)
    network.desk.solved(network.key(), account("claire"), ticket)
    (lesson,) = _of(network, NEAR[0])
    assert (lesson.text, lesson.right, lesson.kept) == (CLOSE, True, None)
    assert _lessons(network).waiting(account("nadia")) == ((NEAR[0], 1),)
    assert CLOSE not in _phrasings(network)


def test_a_wording_counts_once_it_was_read_and_no_more_once_set_aside(network: Network) -> None:
    network.desk.solved(network.key(), account("claire"), _chosen(network))
    (lesson,) = _of(network, NEAR[0])
    decide = _lessons(network).decide
    assert decide(network.key(), account("ines"), lesson.id, keep=True, text="Un label pour tout ?") == NEAR[0]
    assert _phrasings(network)[-1] == "Un label pour tout ?"
    assert _lessons(network).waiting(account("nadia")) == ()
    decide(network.key(), account("nadia"), lesson.id, keep=False)
    assert "Un label pour tout ?" not in _phrasings(network)


def test_what_the_entry_says_already_is_not_proposed(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.desk.solved(network.key(), account("claire"), ticket)
    assert _of(network, "faq-prix-seul") == ()


def test_asking_for_a_human_counts_against_the_answer(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert network.state(ticket) is State.assigned
    (lesson,) = _of(network, "faq-prix-seul")
    assert (lesson.right, lesson.text) == (False, ANSWERED)
    with network.office.reading() as unit:
        assert learnt(unit.session).wordings_against("faq-prix-seul") == (ANSWERED,)
    _lessons(network).decide(network.key(), account("nadia"), lesson.id, keep=False)
    with network.office.reading() as unit:
        assert learnt(unit.session).wordings_against("faq-prix-seul") == ()


def test_every_process_stops_answering_what_was_turned_down(network: Network) -> None:
    elsewhere = LibraryCache(network.office.database)
    before = elsewhere.matcher().version
    ticket = network.asks("claire", ANSWERED)
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert elsewhere.matcher().version != before
    assert elsewhere.matcher().learnt.wordings_against("faq-prix-seul") == (ANSWERED,)


def test_members_see_and_decide_nothing_of_it(network: Network) -> None:
    network.desk.solved(network.key(), account("claire"), _chosen(network))
    (lesson,) = _of(network, NEAR[0])
    assert _of(network, NEAR[0], "paul") == ()
    assert _lessons(network).waiting(account("paul")) == ()
    with pytest.raises(NotAllowedError):
        _lessons(network).decide(network.key(), account("paul"), lesson.id, keep=True)
    with pytest.raises(NotFoundError, match="no_such_lesson"):
        _lessons(network).decide(network.key(), account("nadia"), 99, keep=True)


def test_forgetting_a_member_forgets_what_nobody_kept(network: Network) -> None:
    network.desk.solved(network.key(), account("claire"), _chosen(network))
    network.desk.solved(network.key(), account("paul"), _chosen(network, "paul"))
    kept, forgotten = sorted(_of(network, NEAR[0]), key=lambda lesson: lesson.id)
    _lessons(network).decide(network.key(), account("nadia"), kept.id, keep=True)
    assert forgotten.kept is None
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    network.privacy.erase(network.key(), account("paul"), keep_open=False)
    assert [lesson.id for lesson in _of(network, NEAR[0])] == [kept.id]


def test_a_calibration_is_kept_by_what_it_depends_on(network: Network) -> None:
    library = LibraryCache(network.office.database)
    assert library.calibrate(network.clock.now) == 1
    assert library.calibrate(network.clock.now) == 0
    assert LibraryCache(network.office.database).calibrate(network.clock.now) == 0
    assert LibraryCache(network.office.database, precision=0.9).calibrate(network.clock.now) == 1
    with network.office.unit() as unit:
        for number in range(30):
            store_calibration(unit.session, f"{number:064}", UNCALIBRATED, paris(2, 9, second=number))
        assert stored_calibration(unit.session, f"{29:064}") == UNCALIBRATED
        kept = [number for number in range(30) if stored_calibration(unit.session, f"{number:064}")]
    assert len(kept) <= 20
