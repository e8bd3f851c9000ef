"""``guichet doctor``: examines the installation and says what to do about each fault."""

from __future__ import annotations

import sys

import click

from bot.cli_operator import Operator
from bot.doctor import Patient, examine
from bot.findings import Level
from bot.parts import build_parts

_COLOURS = {Level.ok: "green", Level.warning: "yellow", Level.fault: "red"}


@click.command("doctor")
@click.pass_obj
def doctor(operator: Operator) -> None:
    """Examine the installation; exit with 1 when something is wrong."""
    words = operator.words
    parts = build_parts(operator.settings)
    worst = Level.ok
    for finding in examine(Patient(operator.settings, parts)):
        label = words(f"cli.doctor.level.{finding.level}")
        click.echo(f"{click.style(label, fg=_COLOURS[finding.level])}  {finding.sentence(words)}")
        if advice := finding.advice(words):
            click.echo(f"    → {advice}")
        worst = max(worst, finding.level, key=list(Level).index)
    parts.database.dispose()
    click.echo(words(f"cli.doctor.verdict.{worst}"))
    sys.exit(1 if worst is Level.fault else 0)
