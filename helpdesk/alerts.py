"""What the sweep tells of clocks: reminders, breaches, escalations; gathered when there would be too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from helpdesk import cards
from helpdesk.model import Role
from helpdesk.notices import NoticeKind
from helpdesk.people import away_on, with_role
from helpdesk.policy import BREACH, Audience, audience
from helpdesk.tables import BreachRow, ClockRow, PersonRow, ThemeRow, TicketRow
from helpdesk.telling import tell, tell_member
from helpdesk.timekeeping import today

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.office import Unit

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Alert:
    """One thing one person should hear of one clock."""

    person: PersonRow
    kind: NoticeKind
    data: dict[str, Any]
    key: str
    ticket: TicketRow
    clock: ClockRow


def of_step(unit: Unit, clock: ClockRow, step: int, skipped: tuple[int, ...] = ()) -> list[Alert]:
    """Return the alerts of a reminder or an escalation; ``skipped``: earlier steps that it stands for as well."""
    kind = NoticeKind.reminder if step < BREACH else NoticeKind.escalation
    data = {"percent": step, "skipped": list(skipped), "maybe_repeat": False}
    return _alerts(unit, clock, kind, step, data)


def of_breach(unit: Unit, clock: ClockRow, breach: BreachRow) -> list[Alert]:
    """Return the alerts of a broken promise."""
    data = {"breach_at": cards.instant(breach.at), "maybe_repeat": False}
    return _alerts(unit, clock, NoticeKind.breach, BREACH, data)


def tell_member_late(unit: Unit, clock: ClockRow, breach: BreachRow, *, answered: bool = False) -> None:
    """Tell the member, once, that the promise is broken and what happens next: the network owes it."""
    ticket = clock.ticket
    data = {
        "due_at": cards.instant(clock.due_at or breach.at),
        "question": cards.excerpt(ticket.question),
        "next": "answer" if answered else "expert" if ticket.assignee_id else "coordinators",
    }
    tell_member(unit, ticket, NoticeKind.late, data, step="late")


def tell_noticed(unit: Unit, clock: ClockRow, breach: BreachRow | None, *, answered: bool = False) -> None:
    """Tell of a breach that an act noticed before the sweep did: the member, and whoever hears of breaches.

    ``answered``: the act is the late answer itself; who gave it need not be told to give it.
    """
    if breach is None:
        return
    tell_member_late(unit, clock, breach, answered=answered)
    told = of_breach(unit, clock, breach)
    send(
        unit, [alert for alert in told if not (answered and alert.data["audience"] == Audience.assignee)], gather=False
    )


def send(unit: Unit, alerts: Iterable[Alert], *, gather: bool) -> int:
    """Queue alerts, one notice each, or one digest to whoever would receive too many; return how many notices.

    ``gather``: everybody gets a digest, since the alerts come from a time without sweeps.
    """
    by_person: dict[int, list[Alert]] = {}
    for alert in alerts:
        by_person.setdefault(alert.person.id, []).append(alert)
    told = 0
    for own in by_person.values():
        if len(own) > unit.office.policy.digest_above or (gather and len(own) > 1):
            told += _tell_digest(unit, own)
        else:
            told += sum(tell(unit, a.person, a.kind, a.data, key=a.key, ticket=a.ticket, clock=a.clock) for a in own)
    return told


def recipients(unit: Unit, ticket: TicketRow, step: int) -> dict[int, tuple[PersonRow, Audience]]:
    """Return who hears of a step, by id, each in the capacity nearest to the question.

    Whoever declared an absence is not rung, nor whoever has the question once they heard of its breach; when that
    leaves nobody, the lead and then the coordinators hear instead.
    """
    spared = away_on(unit, today(unit)) | ({ticket.assignee_id} if step > BREACH else set())
    theme = unit.session.get(ThemeRow, ticket.theme_id) if ticket.theme_id else None
    people: dict[Audience, list[PersonRow]] = {
        Audience.assignee: [ticket.assignee] if ticket.assignee else [],
        Audience.lead: [unit.person_row(theme.lead_id)] if theme and theme.lead_id else [],
        Audience.coordinator: with_role(unit, Role.coordinator),
    }
    wanted = audience(step)
    for scope in (wanted, (Audience.lead,), (Audience.coordinator,)):
        found: dict[int, tuple[PersonRow, Audience]] = {}
        for capacity in scope:
            for person in people[capacity]:
                if person.id not in spared:
                    found.setdefault(person.id, (person, capacity))
        if found:
            return found
    # Everybody is away: better to ring the coordinators on their holidays than nobody.
    return {person.id: (person, Audience.coordinator) for person in people[Audience.coordinator]}


def report(unit: Unit, code: str, key: str, detail: dict[str, Any]) -> None:
    """Tell the coordinators, once by ``key``, what was found amiss: a code and its detail."""
    for person in with_role(unit, Role.coordinator):
        data = {"code": code, "detail": detail}
        tell(unit, person, NoticeKind.audit_finding, data, key=f"{key}:person:{person.id}")


def report_failure(unit: Unit, code: str, ticket_id: int, key: str, error: Exception) -> None:
    """Log that what the sweep does for a question failed, and tell the coordinators, once by ``key``."""
    name = type(error).__name__
    _log.error(code, ticket=ticket_id, error=name, exc_info=error)
    report(unit, code, key, {"ticket": ticket_id, "error": name})


def _alerts(unit: Unit, clock: ClockRow, kind: NoticeKind, step: int, data: dict[str, Any]) -> list[Alert]:
    ticket = clock.ticket
    card = cards.due_card(unit, ticket) | data
    prefix = f"ticket:{ticket.id}:cycle:{clock.cycle}:step:{step}"
    return [
        Alert(person, kind, card | {"audience": capacity.value}, f"{prefix}:person:{person.id}", ticket, clock)
        for person, capacity in recipients(unit, ticket, step).values()
    ]


def _tell_digest(unit: Unit, own: list[Alert]) -> int:
    items = [
        {
            "ticket": alert.ticket.id,
            "kind": alert.kind.value,
            "percent": alert.data.get("percent"),
            "due_at": alert.data["due_at"],
            "question": alert.data["question"],
        }
        for alert in sorted(own, key=lambda alert: (alert.data["due_at"] or "", alert.ticket.id))
    ]
    person = own[0].person
    key = f"digest:{unit.now:%Y%m%dT%H%M%SZ}:person:{person.id}:first:{items[0]['ticket']}"
    return int(tell(unit, person, NoticeKind.digest, {"items": items}, key=key))
