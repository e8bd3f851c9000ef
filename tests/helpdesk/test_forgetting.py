"""Words, names and addresses once forgotten stand nowhere any more, whatever quoted them; the rest stays."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from helpdesk.attachments import Upload
from helpdesk.correspondence import Correspondence
from helpdesk.drafts import Drafts
from helpdesk.errors import InvalidInputError
from helpdesk.model import Address, State
from helpdesk.notices import NoticeKind as K
from helpdesk.outbox import Failed
from helpdesk.tables import CandidateRow, NoticeRow, PersonRow
from tests.helpdesk.network import CHANNELS, Network, account, only, paris
from tests.helpdesk.plain import ANSWERED, DISPUTE

NAME = "Zoé Lerouge"
SECRET = "GROZIBUS"  # in all that Claire writes of her own
ALIKE = "QUE FAIRE DU REGISTRE ?"  # what Paul asks too, in small letters
REPLY = "Chez nous un avenant a suffi."
GROUP = Address("console", "group")
FILE = Upload(f"{SECRET}.pdf", "application/pdf", f"%PDF-1.4 {SECRET}".encode())


def _holding(network: Network, text: str) -> set[str]:
    """Return the tables with a row in which a text stands."""
    return {
        table for table, rows in network.everything().items() if any(text in value for row in rows for value in row)
    }


def _told(network: Network, kind: K) -> list[NoticeRow]:
    with network.office.reading() as unit:
        rows = unit.session.scalars(select(NoticeRow).where(NoticeRow.kind == kind.value).order_by(NoticeRow.id)).all()
        unit.session.expunge_all()
        return list(rows)


def _named(network: Network, name: str = "claire") -> None:
    with network.office.unit() as unit:
        unit.session.get_one(PersonRow, network.ids[name]).name = NAME


def _asks_much(network: Network) -> list[int]:
    """Let Claire's words go wherever notices take them; return her questions."""
    lead = network.asks("paul", ALIKE.capitalize())
    follower = network.asks("claire", ALIKE)
    network.desk.join(network.key("claire"), account("claire"), follower)
    network.says("claire", f"{SECRET} : voilà ce que je précise", ticket=follower)
    holder = network.ticket(lead).assignee_id
    other = next(network.ids[name] for name in ("marc", "ines") if network.ids[name] != holder)
    network.coordinators.reassign(network.key(), account("nadia"), lead, other)
    assert network.says("claire", f"{SECRET} menace, que faire ? // {SECRET} insiste, que faire ?")
    asked = network.asks("claire", f"{SECRET} attaque, que faire ?", files=(FILE,))
    network.says("claire", "du nouveau ?")
    network.says("claire", "je retire ma question")
    network.coordinators.close_days(network.key(), account("nadia"), dt.date(2026, 6, 2), dt.date(2026, 6, 2), "Pont")
    network.coordinators.reassign(network.key(), account("nadia"), asked, network.ids["marc"])
    Drafts(network.office).keep(account("marc"), GROUP, "7", asked, {"text": f"{SECRET} : voyez", "files": []})
    network.sweep_until(paris(9, 10))
    return [line.id for line in network.desk.my_questions(account("claire"))]


def _is_answered(network: Network, ticket: int) -> None:
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    title = f"{SECRET} attaque, que faire ?"
    network.experts.propose_entry(network.key(), account("marc"), ticket, title, "Ceci.", ())
    network.deliver()


def _replies(network: Network) -> int:
    """Let Claire answer Paul in public, and an expert vouch for it."""
    ticket = network.desk.hear(network.key(), account("paul"), GROUP, DISPUTE)
    assert ticket is not None
    network.peers.accept(network.key(), account("nadia"), ticket, network.reply("claire", ticket, REPLY))
    network.deliver()
    return ticket


def _nothing_reaches_claire(network: Network, ticket: int) -> None:
    network.desk.withdraw(network.key("claire"), account("claire"), ticket)
    while claimed := network.outbox.claim(CHANNELS):
        for delivery in claimed:
            if delivery.kind is K.withdrawn:
                network.outbox.failed(delivery.delivery_id, Failed.permanent, "blocked")
            else:
                network.outbox.sent(delivery.delivery_id, "1")


def _lives(network: Network) -> None:
    _named(network)
    questions = _asks_much(network)
    with_file = next(number for number in questions if "attaque" in network.ticket(number).question)
    _is_answered(network, with_file)
    _replies(network)
    network.desk.status(network.key("claire"), account("claire"), Address("console", "claire"))
    network.desk.rate(network.key("claire"), account("claire"), with_file, 4)
    Correspondence(network.office).handled(f"console:told:group:{with_file}:claire")
    network.deliver()
    _nothing_reaches_claire(network, next(n for n in questions if network.state(n) is State.assigned))
    quoting = {K.several_questions, K.status, K.withdraw_which, K.date_moved, K.summary, K.assigned, K.entry_proposed}
    assert all(any(SECRET in str(row.data) for row in _told(network, kind)) for kind in quoting), "all of them quote"
    assert _holding(network, SECRET) >= {"ticket", "message", "notice", "attachment", "blob", "candidate", "draft"}
    assert any(NAME in str(row.data) for kind in (K.dead_letter, K.reply_accepted) for row in _told(network, kind))


def _years_go_by(network: Network) -> None:
    network.sweep_until(network.clock.now() + dt.timedelta(days=14))  # silence settles what was answered
    network.clock.advance(days=4 * 365)
    network.sweep_until(network.clock.now() + dt.timedelta(days=3))


def test_nothing_stored_holds_the_words_the_name_or_the_address_of_who_is_erased(network: Network) -> None:
    _lives(network)
    assert _holding(network, ALIKE) == {"ticket", "message", "notice"}
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    assert _holding(network, SECRET) == set()
    assert _holding(network, ALIKE) == set()
    assert _holding(network, NAME) == set()
    assert _holding(network, "claire") == set()
    network.sweep_until(paris(12, 10))
    assert _holding(network, SECRET) | _holding(network, NAME) == set()


def test_nothing_stored_holds_words_older_than_the_network_keeps(network: Network) -> None:
    _lives(network)
    for ticket in (line.id for line in network.desk.my_questions(account("claire"))):
        if network.state(ticket) is not State.closed:
            network.desk.withdraw(network.key("claire"), account("claire"), ticket)
    _years_go_by(network)
    assert _holding(network, SECRET) == set()
    assert _holding(network, ALIKE) == set()
    assert _holding(network, NAME) == {"person"}, "she is still of the network"


def test_what_experts_wrote_to_who_is_erased_is_kept_no_longer_than_the_rest(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Cher GROZIBUS, voici.")
    network.deliver()
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    assert _holding(network, SECRET) == {"message"}
    _years_go_by(network)
    assert _holding(network, SECRET) == set()


def test_a_member_who_is_erased_leaves_the_answer_they_gave_to_another_without_their_name(network: Network) -> None:
    _named(network)
    ticket = _replies(network)
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    answer = network.desk.ticket(account("paul"), ticket).messages[-1]
    assert (answer.author, answer.body) == ("—", REPLY)
    (accepted,) = _told(network, K.reply_accepted)
    assert (accepted.data["person"], accepted.data["text"], accepted.data["expert"]) == ("—", REPLY, "Nadia")
    assert network.coordinators.candidates(account("nadia")) == (), "what they said is not published after that"


def test_an_expert_who_is_erased_is_named_in_no_notice_and_others_still_are(network: Network) -> None:
    _named(network, "marc")
    first = network.assigned()
    network.experts.answer(network.key(), account("marc"), first, "Voici.")
    second = network.assigned(text="Une autre affaire ?")
    network.coordinators.reassign(network.key(), account("nadia"), second, network.ids["ines"])
    third = network.asks("paul", "Et ceci ?")
    network.experts.answer(network.key(), account("ines"), third, "Voilà.")
    network.sweep_until(paris(3, 10))
    assert _holding(network, NAME) == {"person", "notice"}
    network.privacy.erase(network.key(), account("marc"), keep_open=False)
    assert _holding(network, NAME) == set()
    assert {row.data["expert"] for row in _told(network, K.answered)} == {"—", "Ines"}
    assert {row.data["question"] for row in _told(network, K.answered)} == {
        network.ticket(number).question for number in (first, third)
    }


def test_the_library_s_titles_stay_in_what_was_told_of_a_forgotten_question(network: Network) -> None:
    network.asks("claire", ANSWERED)
    before = only(network.deliver(), K.answer_found).data["entry"]
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    (found,) = _told(network, K.answer_found)
    assert found.data["entry"] == before


def test_a_proposal_titled_with_a_forgotten_question_waits_for_another_title(network: Network) -> None:
    ticket = network.assigned(text=f"{SECRET} attaque,  que faire ?")
    _is_answered(network, ticket)
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    (waiting,) = network.coordinators.candidates(account("nadia"))
    assert (waiting.title, waiting.body) == ("—", "Ceci.")
    decide = network.coordinators.decide_candidate
    with pytest.raises(InvalidInputError, match="title_missing"):
        decide(network.key(), account("nadia"), waiting.id, publish=True, sources=("Code",))
    given = decide(network.key(), account("nadia"), waiting.id, publish=True, sources=("Code",), title="Un recours")
    assert given == "faq-un-recours"


def test_a_title_of_the_expert_s_own_is_kept(network: Network) -> None:
    ticket = network.assigned(text=f"{SECRET} attaque, que faire ?")
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.experts.propose_entry(network.key(), account("marc"), ticket, "Que faire d'un recours ?", "Ceci.", ())
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    with network.office.reading() as unit:
        assert unit.session.scalars(select(CandidateRow)).one().data["title"] == "Que faire d'un recours ?"


def test_a_file_forgotten_is_no_longer_offered(network: Network) -> None:
    ticket = network.asks("claire", "Voici le recours, que faire ?", files=(FILE,))
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["marc"])
    network.says("claire", "Et encore ceci", files=(FILE,))
    network.deliver()
    assert [len(row.data["files"]) for row in _told(network, K.member_replied)] == [1]
    network.privacy.erase(network.key("claire"), account("claire"), keep_open=False)
    assert [row.data["files"] for row in _told(network, K.member_replied)] == [[]]
