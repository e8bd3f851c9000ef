"""The ``guichet`` command: what an operator needs, from a first start to a backup."""

from __future__ import annotations

import click

from bot.cli_words import WordedGroup

# Each is loaded when it is called: most need little of the service, whose libraries take seconds to load.
PLACES = {
    "backup": "bot.cli_backup:backup",
    "chat": "bot.cli_chat:chat",
    "deadline": "bot.cli_deadline:deadline",
    "doctor": "bot.cli_doctor:doctor",
    "evaluate": "bot.cli_knowledge:evaluate_command",
    "invite": "bot.cli_people:invite",
    "library": "bot.cli_library:library_group",
    "match": "bot.cli_knowledge:match_command",
    "migrate": "bot.cli_migrate:migrate_command",
    "person": "bot.cli_people:person_group",
    "run": "bot.cli_run:run_command",
    "signin": "bot.cli_people:sign_in",
}


@click.group("guichet", cls=WordedGroup, places=PLACES)
@click.version_option(package_name="guichet", message="%(prog)s %(version)s")
@click.option("--config", metavar="FILE", expose_value=False)  # taken out by WordedGroup, wherever it stands
def main() -> None:
    """Answer the members of a network, and keep the promise of an answer in three working days."""


if __name__ == "__main__":
    main()
