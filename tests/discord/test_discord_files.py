"""Files both ways: kept once, given to the other side, and said by name when they cannot be carried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.tables import AttachmentRow
from tests.discord.discordapi.model import File

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer
    from tests.discord.house import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
LETTER = File("lettre.pdf", b"%PDF-1.4 lettre", "application/pdf")


def _kept(guichet: Guichet) -> list[tuple[str, str]]:
    with guichet.office.reading() as unit:
        return [(row.name, row.media_type) for row in unit.session.query(AttachmentRow).order_by(AttachmentRow.id)]


def _given(channel: Channel) -> list[str]:
    return [attachment.file.name for message in channel.from_bot() for attachment in message.attachments]


def test_a_members_files_reach_the_expert(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    claire.says(DISPUTE, files=(LETTER, File("photo.png", b"\x89PNG", "image/png")))
    discord.wait_until(lambda: guichet.latest() == 1, "the question")
    assert _kept(guichet) == [("lettre.pdf", "application/pdf"), ("photo.png", "image/png")]
    guichet.give(1, "Marc")
    discord.wait_until(lambda: _given(marc.private) == ["lettre.pdf", "photo.png"], "the files given")


def test_an_experts_file_reaches_the_member_with_the_answer(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    marc.says("Voici un modèle de réponse.", reply_to=card, files=(LETTER,))
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Voici un modèle de réponse")
    discord.wait_until(lambda: _given(claire.private) == ["lettre.pdf"], "the file given")


def test_what_cannot_be_kept_is_said_by_name(guichet: Guichet, claire: Person, discord: DiscordServer) -> None:
    claire.says(DISPUTE, files=(File("virus.exe", b"MZ", "application/x-msdownload"), LETTER))
    claire.private.wait_for("virus.exe")
    discord.wait_until(lambda: _kept(guichet) == [("lettre.pdf", "application/pdf")], "the other kept")


def test_what_discord_finds_too_large_is_named(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    claire.says(DISPUTE, files=(File("plans.pdf", b"%PDF" + bytes(11 * 2**20), "application/pdf"),))
    discord.wait_until(lambda: guichet.latest() == 1, "the question")
    guichet.give(1, "Marc")
    marc.private.wait_for("Le fichier « plans.pdf » est trop gros pour Discord")
    marc.presses("plans.pdf", marc.runs("ticket", numero="1").wait_for("plans.pdf")).wait_for("est trop gros")
