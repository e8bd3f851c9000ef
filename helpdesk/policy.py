"""What the network promises and how it is watched: figures and who is told what. Pure.

The figures are those of the promise as the network publishes it; the configuration may change them, and a change
applies to questions asked afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BREACH = 100


class Audience(StrEnum):
    """Who hears of a step on a clock."""

    assignee = "assignee"
    lead = "lead"  # the theme's lead
    coordinator = "coordinator"


@dataclass(frozen=True)
class Policy:
    """The promise in figures. Days are working days of the promise calendar, percents are of the promise's budget."""

    answer_days: int = 3
    silence_days: int = 1  # after a suggestion, an answer of the library or a clarification without a word
    settle_days: int = 5  # after an expert's answer without a word
    reminders: tuple[int, ...] = (50, 75, 90)
    escalations: tuple[int, ...] = (125, 150)
    at_risk_percent: int = 75
    retention_months: int = 36  # words of settled questions are kept that long
    open_network: bool = True  # anybody may join by naming their organisation; otherwise by invitation only
    max_text: int = 5000  # characters of one message: more than any platform puts in one
    digest_above: int = 5  # alerts to one person in one sweep
    catch_up_after_minutes: int = 60  # without a sweep: alerts are gathered into one digest

    def steps(self) -> tuple[int, ...]:
        """Return every step of the answer clock in order, the breach (100) included."""
        return tuple(sorted({*self.reminders, BREACH, *self.escalations}))

    def next_step(self, after: int | None) -> int | None:
        """Return the first step beyond ``after`` percent (None: the very first), or None when all are done."""
        return next((step for step in self.steps() if after is None or step > after), None)


def audience(step: int) -> tuple[Audience, ...]:
    """Return who hears of a step: the nearer the date, the wider; after the breach, those who can still act.

    The assignee is reminded first, the theme's lead from three quarters on, the coordinators before the promise breaks.
    """
    if step > BREACH:
        return (Audience.lead, Audience.coordinator)
    if step >= 90:  # noqa: PLR2004 - the last reminder before the breach
        return (Audience.assignee, Audience.lead, Audience.coordinator)
    if step >= 75:  # noqa: PLR2004 - three quarters
        return (Audience.assignee, Audience.lead)
    return (Audience.assignee,)
