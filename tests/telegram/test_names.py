"""Names of people, organisations and files with what HTML and Markdown read as marks: shown as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.tables import OrganisationRow, PersonRow
from tests.telegram.botapi.user import Attachment

if TYPE_CHECKING:
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
MARKS = """<b>&"'*_`[x](y)"""


def test_marks_in_names_are_shown_as_they_are(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    with guichet.office.unit() as unit:
        unit.session.query(PersonRow).filter_by(name="Claire").one().name = f"Claire {MARKS}"
        unit.session.query(PersonRow).filter_by(name="Marc").one().name = f"Marc {MARKS}"
        unit.session.query(OrganisationRow).filter_by(name="Mairie de Bois-Joli").one().name = f"Mairie {MARKS}"
    claire.says("/start")
    claire.private.wait_for(f"Claire {re.escape(MARKS)}")
    claire.says(DISPUTE, document=Attachment("lettre &'.pdf", b"%PDF", "application/pdf"))
    telegram.wait_until(lambda: guichet.latest() == 1, "the question")
    guichet.give(1, f"Marc {MARKS}")
    marc.private.wait_for(f"Mairie {re.escape(MARKS)}")
    claire.says(document=Attachment("virus <i>&.exe", b"MZ", "application/x-msdownload"))
    claire.private.wait_for("est d'un type")
