"""The promise calendar as stored: immutable versions, each clock bound to the one it is counted with.

A question is never refused because it falls due after the last year whose holidays were signed off: it is counted with
the holidays foreseen, and ``beyond_signed`` says that the coordinators must look.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from helpdesk.calendar import Calendar
from helpdesk.tables import CalendarRow

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session


Item = str | dict[str, str]  # a closure in the calendar's notation
_CURRENT = "calendar"  # where a session keeps the version it found
_LOCK = 0x47554943  # any number that nothing else of the database's locks by
_SHARED, _ALONE = (text(f"SELECT pg_advisory_xact_lock{how}({_LOCK})") for how in ("_shared", ""))


class Calendars:
    """Compiled calendar versions by id. A version never changes, so nothing here is ever stale."""

    def __init__(self) -> None:
        self._compiled: dict[int, tuple[Calendar, dt.date | None]] = {}  # and the last day signed off
        self._lock = Lock()

    def get(self, session: Session, version: int) -> Calendar:
        """Return a stored version, compiled."""
        return self._version(session, version)[0]

    def current(self, session: Session) -> tuple[int, Calendar]:
        """Return the version that new questions are counted with: the same for the whole of a transaction (``hold``).

        Raises ``LookupError`` before the first install.
        """
        version: int | None = session.info.get(_CURRENT)
        if version is None:
            latest = select(CalendarRow.id).order_by(CalendarRow.id.desc()).limit(1)
            version = session.scalar(latest.execution_options(autoflush=False))  # nothing unwritten changes it
            if version is None:
                raise LookupError
            session.info[_CURRENT] = version
        return version, self.get(session, version)

    def beyond_signed(self, session: Session, version: int, due_at: dt.datetime) -> dt.date | None:
        """Return the last signed-off day when ``due_at`` falls after it, else None."""
        calendar, signed_until = self._version(session, version)
        if signed_until is None or due_at.astimezone(calendar.zone).date() <= signed_until:
            return None
        return signed_until

    def successor(self, session: Session, version: int) -> int:
        """Return the current version when it differs from ``version`` by announced closures only, else ``version``.

        A question keeps the configuration that its date was promised with.
        """
        current, _ = self.current(session)
        same_base = session.get_one(CalendarRow, version).base == session.get_one(CalendarRow, current).base
        return current if same_base else version

    def _version(self, session: Session, version: int) -> tuple[Calendar, dt.date | None]:
        with self._lock:
            if version not in self._compiled:
                calendar = Calendar.from_data(session.get_one(CalendarRow, version).data)
                self._compiled[version] = replace(calendar, signed_until=None), calendar.signed_until
            return self._compiled[version]


def hold(session: Session, *, alone: bool) -> None:
    """Let nobody change which version is current until the transaction ends; ``alone``: it changes it itself.

    Each writing transaction begins by it. So a question is either counted with the new version, or there to be counted
    again; and since nothing else is locked before, nobody waits here for who waits for them. SQLite has one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE if alone else _SHARED)


def install(session: Session, base: dict[str, Any], now: dt.datetime) -> CalendarRow:
    """Make the configuration's calendar the current one, keeping the closures announced since; no change, no version.

    It holds for the questions asked from now on: an open question keeps the calendar its date was promised with. The
    transaction is ``alone``.
    """
    Calendar.from_data(base)
    latest = session.scalar(select(CalendarRow).order_by(CalendarRow.id.desc()).limit(1))
    if latest is not None and latest.base == base:
        return latest
    data = dict(base)
    if latest is not None:
        announced = [item for item in latest.data.get("closures", []) if item not in latest.base.get("closures", [])]
        data["closures"] = [*base.get("closures", []), *announced]
    row = CalendarRow(base=base, data=data, author_id=None, reason="configuration", effective_from=now)
    return _install(session, row)


def renewed(
    session: Session,
    version: CalendarRow,
    closures: list[Item],
    reason: str,
    author_id: int,
    now: dt.datetime,
) -> CalendarRow:
    """Return a new version: ``version`` with other closures, for a ``reason``."""
    data = {**version.data, "closures": closures}
    Calendar.from_data(data)
    row = CalendarRow(base=version.base, data=data, author_id=author_id, reason=reason, effective_from=now)
    return _install(session, row)


def _install(session: Session, row: CalendarRow) -> CalendarRow:
    session.add(row)
    session.flush()
    session.info[_CURRENT] = row.id
    return row
