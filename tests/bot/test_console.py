"""``guichet chat`` on the real core: transcripts read as text, news that come by themselves, and a clean end."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import click
import pytest

from bot.channels import console as console_module
from bot.channels.console import Chat
from bot.channels.plain import coloured, plain
from bot.cli_chat import typed_lines
from helpdesk.model import AccountRef, Address
from tests.bot.house import demonstration, talk
from tests.golden import assert_golden

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.parts import Parts
    from helpdesk.office import Office
    from tests.clock import ManualClock

GOLDEN = Path(__file__).parent / "golden"
PATIENCE = 20.0
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def parts(office: Office) -> Parts:
    return demonstration(office)


def _talk(parts: Parts, name: str, *lines: str) -> str:
    return anyio.run(talk, parts, name, lines)


def _compare(name: str, transcript: str) -> None:
    assert_golden(transcript, GOLDEN / f"{name}.txt")


def _assigned(parts: Parts) -> None:
    """Make question n° 1 Marc's, the card of it at his console."""
    _talk(parts, "marc", "/absence 2027-12-24")  # an act, so that he is reached at his console
    _talk(parts, "claire", f"/question {DISPUTE}")


def test_a_question_from_asking_to_rating(parts: Parts, clock: ManualClock) -> None:
    """The member, the expert and the coordinator take turns, some time apart."""
    visits = [
        ("claire", "bonjour", "critere prix unique encore possible", "lire la fiche", "oui", "merci !"),
        ("claire", DISPUTE, "un expert", "/etat"),
        ("nadia", "/tableau", "/reaffecter 2 marc"),
        ("marc", "/file", "/prendre 2", "/note 2 recours possible sous onze jours", "/demander 2 Avez-vous notifié ?"),
        ("claire", "Oui, mardi dernier.", "/ticket 2"),
        ("marc", "répondre", "Attendez la fin du **délai de suspension** avant de signer.", "proposer une fiche"),
        ("claire", "oui", "4", "/mesquestions"),
        ("nadia", "/retards", "/ticket 2"),
    ]
    transcript = []
    for name, *lines in visits:
        clock.advance(minutes=12)
        transcript.append(f"######## {name}\n{_talk(parts, name, *lines)}")
    _compare("console.fr", "\n".join(transcript))


def test_an_english_reader_is_served_in_english(parts: Parts) -> None:
    transcript = _talk(parts, "nadia", "/langue en", "/help", "/board", "/reassign 9 marc", "/answer", "/explode")
    _compare("console.en", transcript)


def test_an_unknown_account_is_told_how_to_get_one(parts: Parts) -> None:
    transcript = _talk(parts, "bob", "/tableau")
    assert "guichet person add" in transcript
    assert "console:bob" in transcript
    assert "/tableau" not in transcript


def test_a_question_taken_back_is_told_as_such_to_everybody(parts: Parts) -> None:
    _assigned(parts)
    mine = _talk(parts, "claire", "/retirer 1", "/mesquestions", "où en est la n° 1 ?")
    assert mine.count("vous l'avez retirée") == 2
    for name in ("marc", "nadia"):
        shown = _talk(parts, name, "/ticket 1")
        assert "retirée" in shown
        assert "terminée" not in shown


def test_a_question_asked_on_the_pages_is_taken_back_and_told_so_in_the_console(parts: Parts) -> None:
    with parts.office.reading() as unit:
        person = unit.speaker(AccountRef("console", "claire"))[0].id
    page = Address("web", str(person))
    parts.desk.ask("page:1", AccountRef("web", str(person)), page, DISPUTE)
    assert "Votre question n° 1" in _talk(parts, "claire", "/retirer 1")
    assert "Votre question n° 1 est déjà retirée" in _talk(parts, "claire", "/retirer 1")


def test_news_of_a_question_that_is_nobodys_say_that_there_is_none(parts: Parts) -> None:
    _assigned(parts)
    assert "Vous n'avez pas de question n° 77" in _talk(parts, "claire", "/etat 77")
    assert "n° 1" in _talk(parts, "claire", "/etat n° 1")


@pytest.mark.parametrize("word", ["/quitter", "/QUITTER", "/quit", "/fin"])
def test_leaving_ends_at_once(parts: Parts, word: str) -> None:
    assert "jamais lu" not in _talk(parts, "claire", word, "jamais lu")


def test_an_empty_line_gives_up_an_answer(parts: Parts) -> None:
    _assigned(parts)
    transcript = _talk(parts, "marc", "répondre", "", "/ticket 1")
    assert "Rien n'a été envoyé." in transcript
    assert "réponse avant" in transcript


@pytest.mark.parametrize("verb", ["répondre", "demander", "note"])
@pytest.mark.parametrize("command", ["/ticket 1", "/file", "/aide", "/rien"])
def test_a_command_gives_up_the_text_that_was_awaited(parts: Parts, verb: str, command: str) -> None:
    _assigned(parts)
    transcript = _talk(parts, "marc", f"/{verb} 1", command, "Comment vérifier une attestation fiscale ?")
    assert transcript.count("Rien n'a été envoyé.") == 1
    claire = AccountRef("console", "claire")
    assert [message.body for message in parts.desk.ticket(claire, 1).messages] == [DISPUTE]
    assert len(parts.desk.my_questions(AccountRef("console", "marc"))) == 1


def test_what_waited_for_the_morning_is_shown_though_something_newer_was_before(
    parts: Parts, clock: ManualClock
) -> None:
    _talk(parts, "marc", "/absence 2027-12-24")
    clock.advance(hours=13)
    _talk(parts, "claire", f"/question {DISPUTE}")
    clock.advance(minutes=5)
    assert DISPUTE[:30] not in _talk(parts, "marc", "critere prix unique encore possible")
    clock.advance(hours=11)
    shown = _talk(parts, "marc")
    assert shown.index("critere prix unique") < shown.index(DISPUTE[:30])


@pytest.mark.parametrize("typed", ["répondre 1", "/repondre n° 1"])
def test_an_answer_may_come_on_the_line_after_its_command(parts: Parts, typed: str) -> None:
    _assigned(parts)
    transcript = _talk(parts, "marc", typed, "Attendez la fin du délai de suspension.")
    assert "Votre réponse à la question n° 1" in transcript
    assert "Attendez la fin du délai de suspension." in _talk(parts, "claire")
    assert parts.desk.my_questions(AccountRef("console", "marc")) == ()


def test_nothing_is_awaited_for_a_question_that_could_not_take_it(parts: Parts) -> None:
    _assigned(parts)
    transcript = _talk(parts, "nadia", "/repondre 77", "/excuser 1", "/question")
    assert "pas de question n° 77" in transcript
    assert "n'a pas de retard à expliquer" in transcript
    assert "sur la même ligne" in transcript


def test_a_question_passed_on_is_said_to_be_passed_only_when_somebody_has_it(parts: Parts) -> None:
    _assigned(parts)
    assert "La question n° 1 est passée à quelqu'un d'autre." in _talk(parts, "marc", "/passer 1 lea")
    _talk(parts, "lea", f"/absence {parts.experts.today()}")
    alone = _talk(parts, "marc", "/passer 1")
    assert "est passée à quelqu'un d'autre" not in alone
    assert "la question n° 1 attend qu'un expert la prenne" in alone


def test_nobody_is_promised_a_date_that_has_gone_by(parts: Parts, clock: ManualClock) -> None:
    _assigned(parts)
    clock.advance(days=1)
    joined = _talk(parts, "claire", "je précise : le recours vise le lot 2")
    (due,) = re.findall(r"Vous aurez une réponse avant (.+)\.", joined)
    assert f"À répondre avant {due}." in _talk(parts, "marc")
    clock.advance(days=8)
    joined = " ".join(_talk(parts, "claire", "je précise aussi : il vise le lot 3").split())
    assert f"La date promise, {due}, est passée : un expert vous répond dès que possible." in joined
    assert "avant" not in joined.partition("lot 3")[2]
    reply = _talk(parts, "marc").partition("lot 3")[2]
    assert f"La date promise, {due}, est passée : répondez dès que possible." in reply
    assert "avant" not in reply


def test_in_the_evening_of_the_last_day_the_lists_promise_nothing_more(parts: Parts, clock: ManualClock) -> None:
    _assigned(parts)
    clock.advance(days=2, hours=9)
    for name, command in (("claire", "/mesquestions"), ("marc", "/file"), ("nadia", "/ticket 1")):
        shown = _talk(parts, name, command).partition(command)[2]
        assert "réponse promise avant mercredi 3 juin à 17 h 30" in shown
        assert "réponse avant" not in shown


def test_what_was_promised_in_time_is_read_again_as_it_was_said(parts: Parts, clock: ManualClock) -> None:
    _assigned(parts)
    first = _talk(parts, "claire", "je précise : le recours vise le lot 2")
    clock.advance(days=9)
    promised = "Vous aurez une réponse avant"
    assert promised in first
    assert promised in _talk(parts, "claire")


def test_an_experts_bare_command_is_no_question(parts: Parts) -> None:
    assert "Il manque le numéro" in _talk(parts, "marc", "répondre")
    assert "Aucune question à traiter" in _talk(parts, "marc", "file")
    assert "pas de question n° 7" in _talk(parts, "marc", "prendre 7")
    assert parts.desk.my_questions(AccountRef("console", "marc")) == ()


def test_a_members_words_are_never_an_experts_command(parts: Parts) -> None:
    _talk(parts, "claire", "note")
    assert len(parts.desk.my_questions(AccountRef("console", "claire"))) == 1


def test_what_came_before_the_last_words_is_not_shown_again(parts: Parts, clock: ManualClock) -> None:
    _talk(parts, "claire", "critere prix unique encore possible")
    clock.advance(minutes=1)
    _talk(parts, "claire", "merci")
    clock.advance(minutes=1)
    third = _talk(parts, "claire")
    assert "critere prix unique" not in third
    assert "claire › merci" in third
    assert "Avec plaisir" in third


def test_a_members_text_cannot_colour_the_experts_screen(parts: Parts) -> None:
    _talk(parts, "claire", "/question Un recours \x1b[31mrouge\x1b[2J contre notre marché, que faire ?", "un expert")
    _talk(parts, "nadia", "/reaffecter 1 marc")
    seen = _talk(parts, "marc", "/file", "/ticket 1")
    assert "rouge" in seen
    assert "\x1b" not in seen


def test_news_come_by_themselves(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_module, "POLL_SECONDS", 0.02)
    written: list[str] = []

    async def main() -> None:
        leaving = anyio.Event()

        async def silent() -> AsyncIterator[str]:
            await leaving.wait()
            yield "/quitter"

        async with anyio.create_task_group() as tasks:
            chat = Chat(parts, "claire", written.append, plain, echo=False)
            tasks.start_soon(chat.hold, silent())
            await anyio.wait_all_tasks_blocked()
            claire = AccountRef("console", "claire"), Address("console", "claire")
            await anyio.to_thread.run_sync(parts.desk.status, "elsewhere:1", *claire)
            with anyio.fail_after(PATIENCE):
                while not any("question en cours" in block for block in written):  # noqa: ASYNC110 - a row rings no bell
                    await anyio.sleep(0.01)
            leaving.set()

    anyio.run(main)


def test_what_rings_in_the_morning_comes_by_itself_though_something_newer_was_shown(
    parts: Parts, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_module, "POLL_SECONDS", 0.02)
    _talk(parts, "marc", "/absence 2027-12-24")
    clock.advance(hours=13)
    _talk(parts, "claire", f"/question {DISPUTE}")
    written: list[str] = []

    async def main() -> None:
        async def lines() -> AsyncIterator[str]:
            yield "critere prix unique encore possible"
            clock.advance(hours=11)
            with anyio.fail_after(PATIENCE):
                while not any("menace d'un recours" in block for block in written):  # noqa: ASYNC110 - as above
                    await anyio.sleep(0.01)
            yield "/quitter"

        await Chat(parts, "marc", written.append, plain, echo=False).hold(lines())

    anyio.run(main)


def test_what_is_told_to_a_console_is_settled_without_the_service(parts: Parts) -> None:
    _talk(parts, "claire", "critere prix unique encore possible")
    assert parts.outbox.next_due(frozenset({"console"})) is None


def test_colours_change_nothing_but_colours(parts: Parts) -> None:
    async def both() -> tuple[str, str]:
        found = []
        for style in (plain, coloured):
            written: list[str] = []
            await Chat(parts, "nadia", written.append, style, echo=True).hold(_two_lines())
            found.append("\n".join(written))
        return found[0], found[1]

    bare, colours = anyio.run(both)
    assert click.unstyle(colours) == bare
    assert "\x1b[" in colours


async def _two_lines() -> AsyncIterator[str]:
    yield "/tableau"
    yield "/aide"


def test_typed_lines_come_whole_whatever_the_pieces() -> None:
    async def main() -> list[str]:
        source, sink = os.pipe()
        for piece in ("bonj", "our\nça v", "a ?\n\nfin sans retour"):
            os.write(sink, piece.encode())
        os.close(sink)
        try:
            with anyio.fail_after(PATIENCE):
                return [line async for line in typed_lines(source)]
        finally:
            os.close(source)

    assert anyio.run(main) == ["bonjour", "ça va ?", "", "fin sans retour"]


def test_a_character_cut_in_two_is_read_whole() -> None:
    async def main() -> list[str]:
        source, sink = os.pipe()
        lines = typed_lines(source)
        first, second = "é\n".encode()[:1], "é\n".encode()[1:]
        os.write(sink, first)
        os.write(sink, second)
        os.close(sink)
        with anyio.fail_after(PATIENCE):
            return [line async for line in lines]

    assert anyio.run(main) == ["é"]


def test_an_invitation_without_any_address_tells_its_code_and_how_it_is_used(parts: Parts) -> None:
    told = _talk(parts, "nadia", "/inviter Mairie de Bois-Joli")
    assert "Aucune adresse publique n'est connue" in told
    found = re.search(r"/join/([\w-]+)", told)
    assert found
    assert f"transmettez son code, {found[1]}." in told
    person, _ = parts.joining.enter(found[1], "Paul Petit", "fr")
    assert person.organisation == "Mairie de Bois-Joli"
