"""``guichet person``, ``guichet signin`` and ``guichet invite``: who is known, and the links by which they enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from bot.cli_operator import Operator
from bot.render import render_error
from helpdesk.errors import GuichetError
from helpdesk.joining import create_invitation
from helpdesk.model import AccountRef, Role
from helpdesk.people import create_person, organisation
from helpdesk.tables import ExpertiseRow, PersonRow, ThemeRow

if TYPE_CHECKING:
    from bot.words import Words
    from helpdesk.office import Unit


@click.group("person")
def person_group() -> None:
    """Add people and list them."""


@person_group.command("add")
@click.argument("name")
@click.option("--role", "roles", type=click.Choice([role.value for role in Role]), multiple=True)
@click.option("--organisation", "structure", metavar="NAME")
@click.option("--kind", metavar="KIND")
@click.option("--population", type=click.IntRange(min=0))
@click.option("--theme", "themes", multiple=True, metavar="THEME")
@click.option("--lead", "leads", multiple=True, metavar="THEME")
@click.option("--account", "accounts", multiple=True, metavar="CHANNEL:ID")
@click.pass_obj
def add_command(
    operator: Operator,
    name: str,
    structure: str | None,
    kind: str | None,
    population: int | None,
    *,
    roles: tuple[str, ...],
    themes: tuple[str, ...],
    leads: tuple[str, ...],
    accounts: tuple[str, ...],
) -> None:
    """Add a person, with a link to sign in."""
    words = operator.words
    with operator.parts() as parts:
        try:
            with parts.office.unit() as unit:
                row = create_person(
                    unit,
                    name,
                    frozenset(Role(role) for role in roles),
                    organisation=organisation(unit, structure, kind, population) if structure is not None else None,
                    themes=tuple(dict.fromkeys((*themes, *leads))),
                    accounts=tuple(_account(text, words) for text in accounts),
                )
                row.locale = operator.settings.configuration.network.locale
                for theme in leads:
                    unit.session.get_one(ThemeRow, theme).lead_id = row.id
                person_id = row.id
            token = parts.people.sign_in_link(person_id)
        except GuichetError as error:
            raise click.ClickException(render_error(error, words)) from None
    click.echo(words("cli.person.added", name=name, id=person_id))
    click.echo(words("cli.signin.link", link=f"{operator.settings.base_url}/signin/{token}"))


@person_group.command("list")
@click.pass_obj
def list_command(operator: Operator) -> None:
    """List everybody who is known."""
    with operator.parts() as parts, parts.office.reading() as unit:
        for row in _everybody(unit):
            expertise = unit.session.scalars(select(ExpertiseRow.theme_id).where(ExpertiseRow.person_id == row.id))
            accounts = sorted(f"{account.channel}:{account.external_id}" for account in row.accounts)
            structure = row.organisation.name if row.organisation else "—"
            roles = ",".join(row.roles)
            click.echo(
                f"{row.id:>5}  {row.name}  [{structure}]  {roles}  {','.join(sorted(expertise)) or '—'}  ", nl=False
            )
            click.echo(" ".join(accounts))


@click.command("invite")
@click.option("--person", metavar="PERSON")
@click.option("--organisation", "structure", metavar="NAME")
@click.option("--several", is_flag=True)
@click.pass_obj
def invite(operator: Operator, person: str | None, structure: str | None, *, several: bool) -> None:
    """Print the links of an invitation."""
    words = operator.words
    if (person is None) == (structure is None):
        raise click.UsageError(words("cli.invite.which"))
    with operator.parts() as parts, parts.office.unit() as unit:
        invited = unit.person_row(_named(unit, person, words)) if person is not None else None
        try:
            place = organisation(unit, structure) if structure is not None else None
        except GuichetError as error:
            raise click.ClickException(render_error(error, words)) from None
        made = create_invitation(unit, invited, place, None, reusable=several)
        links = parts.renderer.invitation_links(made)
    until = words.day(made.expires_at.astimezone(words.zone).date())
    click.echo(words("cli.invite.made", name=made.to, until=until))
    for link in links.values():
        click.echo(link)
    if not any(channel != "web" for channel in links):
        click.echo(words("cli.invite.no_telegram"), err=True)


@click.command("signin")
@click.argument("person")
@click.pass_obj
def sign_in(operator: Operator, person: str) -> None:
    """Print a one-time link by which a person signs in."""
    words = operator.words
    with operator.parts() as parts:
        with parts.office.reading() as unit:
            meant = _named(unit, person, words)
        token = parts.people.sign_in_link(meant)
    click.echo(words("cli.signin.link", link=f"{operator.settings.base_url}/signin/{token}"))


def _named(unit: Unit, person: str, words: Words) -> int:
    meant = [row.id for row in _everybody(unit) if person in {str(row.id), row.name}]
    if len(meant) != 1:
        raise click.ClickException(words("cli.signin.nobody" if not meant else "cli.signin.several", person=person))
    return meant[0]


def _everybody(unit: Unit) -> list[PersonRow]:
    query = select(PersonRow).where(PersonRow.erased_at.is_(None)).order_by(PersonRow.id)
    return list(unit.session.scalars(query).unique())


def _account(text: str, words: Words) -> AccountRef:
    channel, colon, external_id = text.partition(":")
    if not (channel and colon and external_id):
        raise click.ClickException(words("cli.person.bad_account", account=text))
    return AccountRef(channel, external_id)
