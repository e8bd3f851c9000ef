"""The public forum: each post is a question, tagged by its state; what others reply counts; settled, it is put away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.discord.outgoing import Outgoing
from helpdesk.model import AccountRef, ClockState, Resolution, State
from helpdesk.people import create_person
from helpdesk.tables import CandidateRow, ClockRow, MessageRow
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from bot.render.card import Rows
    from helpdesk.model import Address
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel, Thread
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


@pytest.fixture
def paul(guichet: Guichet, discord: DiscordServer, network: Guild) -> Person:
    """Another member."""
    person = discord.person("Paul")
    person.joins(network)
    with guichet.office.unit() as unit:
        create_person(unit, "Paul", frozenset())
    guichet.knows(person, "Paul")
    return person


@pytest.fixture
def forum(network: Guild) -> Channel:
    return network.forum("questions", "cantine")


@pytest.fixture
def guichet(office: Office, discord: DiscordServer, forum: Channel) -> Iterator[Guichet]:
    with Guichet(office, discord, forum=forum.id) as service:
        yield service


def _posts(guichet: Guichet, person: Person, forum: Channel, title: str, text: str) -> Thread:
    before = guichet.latest()
    post = person.posts(forum, title, text, tags=("cantine",))
    guichet.discord.wait_until(lambda: guichet.latest() > before, f"a question from {title!r}")
    return post


def _tagged(guichet: Guichet, post: Thread, *tags: str) -> None:
    guichet.discord.wait_until(lambda: set(post.tag_names) == set(tags), f"{tags} among {post.tag_names}")


def test_a_post_is_answered_in_its_thread_and_put_away(guichet: Guichet, forum: Channel, claire: Person) -> None:
    post = _posts(guichet, claire, forum, "Prix", ONLY_PRICE)
    post.wait_for("Le prix peut-il rester le seul critère")
    _tagged(guichet, post, "répondue", "cantine")
    claire.presses("Cela répond à ma question", post)
    post.wait_for("Très bien, c'est noté")
    _tagged(guichet, post, "terminée", "cantine")
    guichet.discord.wait_until(lambda: post.archived, "the post put away")
    assert not post.locked
    assert guichet.ticket(1).question == f"Prix.\n{ONLY_PRICE}"


def test_a_last_word_said_while_its_post_is_put_away_does_not_leave_it_open(
    guichet: Guichet, forum: Channel, claire: Person, discord: DiscordServer, clock: ManualClock
) -> None:
    post = _posts(guichet, claire, forum, "Prix", ONLY_PRICE)
    card = post.wait_for("Cela répond à ma question")
    guichet.settled()
    discord.cut_before_effect("create_message", channel=post)  # the last word waits for the clock
    with discord.holding_answers("edit_channel"):
        claire.presses("Cela répond à ma question", card).wait()
        discord.wait_until(lambda: post.archived, "the post put away")
        discord.wait_until(guichet._nothing_due, "tried once")
        clock.advance(minutes=1)
        guichet.nudge()
        post.wait_for("Très bien, c'est noté")
        assert not post.archived
    discord.wait_until(lambda: post.archived, "the post put away again")


def test_a_mark_given_in_a_post_put_away_takes_the_place_of_the_stars(
    guichet: Guichet, forum: Channel, claire: Person, marc: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    marc.private.wait_for("Question n° 1")
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    post.wait_for("Réponse de Marc")
    claire.presses("Cela répond à ma question", post)
    stars = post.wait_for("1 ★")
    _tagged(guichet, post, "terminée", "cantine")
    claire.presses("5 ★", post)
    post.wait_for("Merci, votre note \\(5 sur 5\\) est enregistrée")
    guichet.settled()
    assert "votre note" in stars.text
    assert not [message for message in post.from_bot() if "★" in message.text]


def test_missing_tags_are_made_once_and_kept_with_peoples_own(guichet: Guichet, forum: Channel, claire: Person) -> None:
    _tagged(guichet, _posts(guichet, claire, forum, DISPUTE, DISPUTE), "attend un expert", "cantine")
    names = [tag.name for tag in forum.tags]
    assert names == [
        "cantine", "nouvelle", "attend un expert", "à préciser", "répondue", "terminée", "retirée", "en retard",
    ]  # fmt: skip
    guichet.restart()
    _tagged(guichet, _posts(guichet, claire, forum, ONLY_PRICE, ONLY_PRICE), "répondue", "cantine")
    assert [tag.name for tag in forum.tags] == names


def test_an_expert_answers_and_the_promised_date_is_shown(
    guichet: Guichet, forum: Channel, claire: Person, marc: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    post.wait_for("vous répond \\*\\*avant")
    guichet.give(1, "Marc")
    marc.private.wait_for("Question n° 1")
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    post.wait_for("Répondez sous dix jours")
    _tagged(guichet, post, "répondue", "cantine")
    assert "Répondez sous dix jours" not in claire.private.transcript()


def test_a_late_question_shows(guichet: Guichet, forum: Channel, claire: Person, clock: ManualClock) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    _tagged(guichet, post, "en retard", "cantine")


def test_another_members_reply_is_not_the_askers_and_may_be_the_answer(
    guichet: Guichet, forum: Channel, claire: Person, discord: DiscordServer, network: Guild
) -> None:
    paul = discord.person("Paul")
    paul.joins(network)
    guichet.knows(paul, "Nadia")
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    offer = post.wait_for("Si la réponse de Paul vous convient")
    assert guichet.ticket(1).state in {State.queued, State.assigned}
    paul.presses("Cette réponse me convient", offer).wait_for("")
    assert guichet.ticket(1).state is not State.closed
    claire.presses("Cette réponse me convient", offer).wait_for("Merci")
    discord.wait_until(lambda: guichet.ticket(1).state is State.closed, "the question settled")
    _tagged(guichet, post, "terminée", "cantine")
    with guichet.office.reading() as unit:
        kept = [row.body for row in unit.session.query(MessageRow).filter_by(ticket_id=1).order_by(MessageRow.id)]
        assert kept[1] == "Chez nous, la préfecture a répondu en deux jours."


def test_whoever_asked_takes_another_members_reply_which_meets_the_promise_and_is_put_before_the_coordinators(
    guichet: Guichet, forum: Channel, claire: Person, paul: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    reply = paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    offer = post.wait_for("Si la réponse de Paul vous convient")
    claire.presses("Cette réponse me convient", offer).wait_for("Merci, c'est noté")
    paul.private.wait_for("a convenu à la personne qui l'a posée")
    _tagged(guichet, post, "terminée", "cantine")
    assert "La réponse de Paul est retenue" in offer.text
    assert guichet.ticket(1).resolution is Resolution.member_confirmed
    with guichet.office.reading() as unit:
        clock = unit.session.query(ClockRow).filter_by(ticket_id=1).one()
        assert clock.state is ClockState.stopped
        assert clock.breach is None
    (waiting,) = guichet.parts.coordinators.candidates(AccountRef("console", "nadia"))
    assert (waiting.author, waiting.body) == ("Paul", reply.content)


def test_a_message_changes_in_a_post_that_was_put_away_meanwhile(
    guichet: Guichet, forum: Channel, claire: Person, paul: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite = Outgoing.rewrite

    async def overtaken(out: Outgoing, address: Address, message_id: int, text: str, rows: Rows = ()) -> bool:
        guichet.discord.world.edit_thread(post, archived=True)
        return await rewrite(out, address, message_id, text, rows)

    monkeypatch.setattr(Outgoing, "rewrite", overtaken)
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    offer = post.wait_for("Si la réponse de Paul vous convient")
    claire.presses("Cette réponse me convient", offer).wait_for("Merci, c'est noté")
    guichet.discord.wait_until(lambda: "La réponse de Paul est retenue" in offer.text, "the offer rewritten")
    guichet.discord.wait_until(lambda: post.archived, "the post put away again")


def test_the_coordinators_and_the_experts_read_that_a_members_reply_was_taken(
    guichet: Guichet, forum: Channel, claire: Person, paul: Person, nadia: Person, network: Guild
) -> None:
    experts = network.text("experts")
    guichet.options = replace(guichet.options, experts=experts.id)
    guichet.restart()
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    offer = post.wait_for("Si la réponse de Paul vous convient")
    claire.presses("Cette réponse me convient", offer).wait_for("Merci, c'est noté")
    nadia.private.wait_for("La réponse de Paul, membre du réseau, a été retenue : à relire")
    (thread,) = experts.threads.values()
    thread.wait_for("La réponse de Paul, membre du réseau, a été retenue et donnée au membre")


def test_an_expert_takes_a_reply_from_the_messages_menu_and_everybody_sees_which(
    guichet: Guichet, forum: Channel, claire: Person, marc: Person, paul: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    reply = paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    post.wait_for("Si la réponse de Paul vous convient")
    guichet.settled()
    for _ in range(2):
        marc.uses("Cette réponse me convient", reply).wait_for("Merci, c'est noté")
        guichet.settled()
    assert guichet.ticket(1).state is State.answered
    shown = [message for message in post.from_bot() if "La réponse de Paul est retenue" in message.text]
    assert [message.reply_to for message in shown] == [reply]
    paul.private.wait_for("Un expert a retenu votre réponse à la question n° 1")
    with guichet.office.reading() as unit:
        assert [row.data["body"] for row in unit.session.query(CandidateRow)] == [reply.content]


def test_another_member_joins_the_question_or_only_talks(
    guichet: Guichet, forum: Channel, claire: Person, paul: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    paul.says("Bon courage !", post)
    paul.says("Moi aussi", post)
    post.wait_for("une seule réponse servira à tous")
    guichet.settled()
    assert (guichet.latest(), guichet.ticket(2).state) == (2, State.joined)
    assert "Si la réponse de Paul" not in post.transcript()


@pytest.mark.parametrize("label", ["Préciser le contexte", "Cette réponse me convient"])
def test_somebody_elses_buttons_are_refused_in_words_that_fit(
    guichet: Guichet, forum: Channel, claire: Person, discord: DiscordServer, network: Guild, label: str
) -> None:
    paul, eve = discord.person("Paul"), discord.person("Eve")
    for person in (paul, eve):
        person.joins(network)
    with guichet.office.unit() as unit:
        create_person(unit, "Paul", frozenset())
    guichet.knows(paul, "Paul")
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    post.wait_for("vous répond")
    paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    post.wait_for("Si la réponse de Paul vous convient")
    paul.presses(label, post).wait_for("Ce bouton est pour la personne|Seule la personne qui a posé")
    eve.presses(label, post).wait_for("Pour quelle structure achetez-vous")
    assert guichet.ticket(1).state is not State.closed


def test_a_reply_deleted_meanwhile_cannot_be_taken(
    guichet: Guichet, forum: Channel, claire: Person, discord: DiscordServer, network: Guild
) -> None:
    paul = discord.person("Paul")
    paul.joins(network)
    guichet.knows(paul, "Nadia")
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    reply = paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
    offer = post.wait_for("Si la réponse de Paul vous convient")
    paul.deletes(reply)
    claire.presses("Cette réponse me convient", offer).wait_for("Ce message n'existe plus")
    assert guichet.ticket(1).state is not State.closed


def test_what_was_written_in_a_post_that_slept_meanwhile_is_found(
    guichet: Guichet, forum: Channel, claire: Person
) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    guichet.settled()
    guichet.stop()
    claire.says("Le marché est signé depuis mars.", post)
    claire.closes(post)
    guichet.start()
    post.wait_for("J'ai ajouté votre message")
    assert guichet.latest() == 1


def test_a_post_put_away_wakes_up_when_its_author_writes(
    guichet: Guichet, forum: Channel, claire: Person, discord: DiscordServer
) -> None:
    post = _posts(guichet, claire, forum, "Prix", ONLY_PRICE)
    claire_card = post.wait_for("Le prix peut-il rester le seul critère")
    claire.presses("Cela répond à ma question", claire_card)
    discord.wait_until(lambda: post.archived, "the post put away")
    claire.says("Finalement non : un expert peut-il relire notre règlement ?", post)
    discord.wait_until(lambda: guichet.ticket(1).state is not State.closed or guichet.latest() > 1, "heard")
    discord.wait_until(lambda: not post.archived, "awake")


def test_a_question_taken_back_is_locked(guichet: Guichet, forum: Channel, claire: Person) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    guichet.parts.desk.withdraw("page:1", AccountRef("discord", str(claire.id)), 1)
    guichet.nudge()
    guichet.discord.wait_until(lambda: post.archived and post.locked, "locked")
    _tagged(guichet, post, "retirée", "cantine")
    assert guichet.ticket(1).resolution is Resolution.withdrawn


def test_a_newcomers_post_waits_for_their_organisation(
    guichet: Guichet, forum: Channel, discord: DiscordServer, network: Guild
) -> None:
    eve = discord.person("Eve")
    eve.joins(network)
    post = eve.posts(forum, "Prix", ONLY_PRICE)
    post.wait_for("nous ne nous connaissons pas encore")
    form = eve.presses("Indiquer ma structure", post)
    eve.submits(form, text="Bois-Joli").wait_for("Est-ce l'une de celles-ci")
    eve.presses("Mairie de Bois-Joli", post)
    post.wait_for("Le prix peut-il rester le seul critère")
    assert guichet.latest() == 1


def test_a_deleted_post_is_answered_in_private(guichet: Guichet, forum: Channel, claire: Person, marc: Person) -> None:
    post = _posts(guichet, claire, forum, "Recours", DISPUTE)
    _tagged(guichet, post, "attend un expert", "cantine")
    guichet.give(1, "Marc")
    marc.private.wait_for("Question n° 1")
    post.deletes_itself()
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    claire.private.wait_for("Répondez sous dix jours")
