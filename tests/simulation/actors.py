"""Who lives in the simulated world: members, experts, a coordinator, workers that sweep, senders, an auditor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, TypeVar

from helpdesk.audit import Code
from helpdesk.calendars import install
from helpdesk.model import Address
from helpdesk.notices import BEHAVIOURS
from helpdesk.outbox import LEASE, Claimed
from helpdesk.peers import Reply
from tests.library import LIBRARY
from tests.simulation import judge
from tests.simulation.world import CALENDAR, CHANNELS, WEEK, Actor, Crash, Process, Sending, World

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.views import TicketLine

T = TypeVar("T")
Act = Callable[[Process], object]

MOST_ASKED = 5  # questions of one member
# True of a base in the middle of its faults: all but these must hold at any instant.
_LATER = (Code.sweep_silent, Code.outbox_stuck, Code.missing_breach, Code.answer_not_on_its_way)
_OTHER_HOURS = (
    WEEK,
    WEEK | {"wed": [["09:00", "12:00"]]},
    WEEK | {"fri": [["08:30", "12:15"]], "mon": [["10:00", "12:00"], ["13:00", "18:00"]]},
)


def populate(world: World) -> None:
    """Fill the world with its actors."""
    members = [Actor(3, member(world, name)) for name in ("Claire", "Ali", "Rose")]
    experts = [Actor(2, expert(world, name)) for name in ("Marc", "Léa")]
    workers = [Actor(3, worker(world, process)) for process in world.workers]
    senders = [Actor(4, sender(world, process)) for process in world.workers]
    others = [Actor(0.8, coordinator(world)), Actor(0.5, auditor(world))]
    world.actors = [*members, *experts, *workers, *senders, *others]


def insist(world: World, act: Callable[[Process], T]) -> Generator[None, None, T | None]:
    """Do something as a browser does: after a cut connection, again, with the same key. Return what came of it."""
    while True:
        try:
            outcome = world.attempt(world.random.choice(world.front), act)
        except Crash:
            world.counts["retries"] += 1
        else:
            if not (world.faulty and world.chance(0.06)):
                return outcome
            world.counts["replies lost"] += 1  # it was done, and nobody heard so
        yield


def one_of(world: World, acts: dict[str, tuple[float, Act]]) -> Generator[None, None, str | None]:
    """Do one of several things, each with its weight; return its name if it was not refused."""
    name = world.random.choices(list(acts), [weight for weight, _ in acts.values()])[0]
    outcome = yield from insist(world, acts[name][1])
    if outcome is None:
        return None
    world.counts[name] += 1
    return name


def member(world: World, name: str) -> Iterator[None]:
    """Ask, carry on, insist, thank, withdraw; never twice with one key unless the connection was cut."""
    asked = 0
    while True:
        yield
        account, key = world.account(name), world.key()
        own = [number for text, number in world.questions.items() if text.startswith(name)]
        if not own or (asked < MOST_ASKED and world.chance(0.35)):
            asked += 1
            yield from _ask(world, account, key, f"{name}-{asked} " + _subject(world))
        else:
            yield from one_of(world, _member_acts(world, account, key, world.random.choice(own)))


def _ask(world: World, account: AccountRef, key: str, text: str) -> Generator[None, None, None]:
    address = Address(account.channel, account.external_id)
    # Some platforms say when the message was sent, which may be a little earlier than its arrival.
    at = world.now - dt.timedelta(seconds=world.random.randint(0, 90)) if world.chance(0.5) else None
    ticket = yield from insist(world, lambda process: process.desk.ask(key, account, address, text, at))
    assert isinstance(ticket, int), "a question was not taken in"
    world.questions[text] = ticket
    world.counts["questions"] += 1
    if world.chance(0.8):  # most questions here are for the experts
        yield
        human = world.key()
        yield from insist(world, lambda process: process.desk.ask_human(human, account, ticket))


def _member_acts(world: World, account: AccountRef, key: str, ticket: int) -> dict[str, tuple[float, Act]]:
    address = Address(account.channel, account.external_id)
    reply = _reply(world, ticket, key)
    said = world.random.choice(("Voici la précision demandée.", "Et pour une régie ?", "merci", "un expert", "non"))
    return {
        "said": (4, lambda process: process.desk.hear(key, account, address, said, ticket=ticket)),
        "spoke": (6, lambda process: process.desk.hear(key, account, address, "Encore ceci.", ticket=ticket)),
        "asked a human": (2, lambda process: process.desk.ask_human(key, account, ticket)),
        "confirmed": (1, lambda process: process.desk.solved(key, account, ticket)),
        "took a reply": (1, lambda process: process.peers.accept(key, account, ticket, reply)),
        "chose": (1, lambda process: process.desk.choose(key, account, ticket, 1)),
        "withdrew": (0.5, lambda process: process.desk.withdraw(key, account, ticket)),
    }


def _reply(world: World, ticket: int, key: str) -> Reply:
    """Return what another member wrote a little earlier where the question was asked."""
    # An expert may see a question whose author was not yet told that it is taken in.
    text = next((text for text, number in world.questions.items() if number == ticket), "Claire-")
    name = text.partition("-")[0]
    asker, other = (world.account(one) for one in (name, "Ali" if name != "Ali" else "Rose"))
    given = world.now - dt.timedelta(minutes=world.random.randint(0, 120))
    return Reply(other, f"{key} Un avenant.", given, Address(asker.channel, asker.external_id), key)


def expert(world: World, name: str) -> Iterator[None]:
    """Take questions, pass them on, ask the member, answer; be away for a day."""
    while True:
        yield
        account, key = world.account(name), world.key()
        lines = yield from _queue(world, account)
        if not lines:
            continue
        ticket = world.random.choice(lines).id
        text = f"{key} Deux mois."
        done = yield from one_of(world, _expert_acts(world, account, key, ticket, text))
        if done in {"answers", "by hand"}:
            world.answers[text] = ticket


def _queue(world: World, account: AccountRef) -> Generator[None, None, tuple[TicketLine, ...] | None]:
    return (yield from insist(world, lambda process: process.experts.queue(account)))


def _expert_acts(world: World, account: AccountRef, key: str, ticket: int, text: str) -> dict[str, tuple[float, Act]]:
    given = world.now - dt.timedelta(minutes=world.random.randint(0, 120))
    today = world.now.date()
    reply = _reply(world, ticket, key)
    return {
        "answers": (5, lambda process: process.experts.answer(key, account, ticket, text)),
        "by hand": (0.5, lambda process: process.experts.answer_by_hand(key, account, ticket, text, given)),
        "asks member": (4, lambda process: process.experts.ask_member(key, account, ticket, "Laquelle ?")),
        "vouches": (1, lambda process: process.peers.accept(key, account, ticket, reply)),
        "takes": (2, lambda process: process.experts.take(key, account, ticket)),
        "passes": (1.5, lambda process: process.experts.pass_on(key, account, ticket)),
        "notes": (1, lambda process: process.experts.note(key, account, ticket, "À voir.")),
        "absences": (0.4, lambda process: process.experts.declare_absence(key, account, today, today) or True),
    }


def coordinator(world: World) -> Iterator[None]:
    """Close days, change the opening hours, excuse, reassign, send again what nothing took."""
    while True:
        yield
        yield from one_of(world, _coordinator_acts(world, world.account("Nadia"), world.key()))


def _coordinator_acts(world: World, account: AccountRef, key: str) -> dict[str, tuple[float, Act]]:
    first = world.now.date() + dt.timedelta(days=world.random.randint(0, 3))
    last = first + dt.timedelta(days=world.random.randint(0, 1))
    hours = world.random.choice(_OTHER_HOURS)
    return {
        "closures": (2, lambda process: process.coordinators.close_days(key, account, first, last, "Travaux")),
        "calendars": (2, lambda process: _install(process, hours)),
        "excuses": (2, lambda process: _excuse(process, world, key, account)),
        "reassigned": (1, lambda process: _reassign(process, world, key, account)),
        "revived": (1, lambda process: _revive(process, world, key, account)),
    }


def _install(process: Process, hours: object) -> bool:
    with process.office.unit(alone=True) as unit:
        install(unit.session, CALENDAR | {"hours": hours}, unit.now)
    return True


def _excuse(process: Process, world: World, key: str, account: AccountRef) -> object:
    late = process.coordinators.board(account).late
    if not late:
        return None
    line = world.random.choice(late)
    return process.coordinators.excuse(key, account, line.id, 1, "Panne")


def _reassign(process: Process, world: World, key: str, account: AccountRef) -> object:
    lines = process.experts.queue(account)
    if not lines:
        return None
    to = world.people[world.random.choice(("Marc", "Léa"))]
    return process.coordinators.reassign(key, account, world.random.choice(lines).id, to)


def _revive(process: Process, world: World, key: str, account: AccountRef) -> object:
    dead = process.coordinators.board(account).dead_letters
    if not dead:
        return None
    process.coordinators.retry_delivery(key, account, world.random.choice(dead).delivery_id)
    return True


def worker(world: World, process: Process) -> Iterator[None]:
    """Sweep; now and then while the machine's clock shows another day for a moment."""
    while True:
        yield
        if world.faulty and process.swept and world.random.random() < 0.15:
            world.counts["skews"] += 1
            hours = world.random.choice((-3, -1, 2, 24, 72, 120))
            process.clock.skew = dt.timedelta(hours=hours)
            sweep_once(world, process)
            process.clock.skew = dt.timedelta(0)
            # Shown twice, that day would be the machine's own: a lasting wrong date is nothing that anybody can tell.
            process.swept = False
        else:
            sweep_once(world, process)


def sweep_once(world: World, process: Process) -> None:
    """Run one sweep and look at what it did."""
    last = world.last_sweep()
    process.gap = process.clock.now() - last if last else dt.timedelta(0)
    process.swept = True
    try:
        process.call(lambda process: process.sweep.run())
        world.counts["sweeps"] += 1
    except Crash:
        pass
    finally:
        process.gap = dt.timedelta(0)
    judge.after_sweep(world)


def sender(world: World, process: Process) -> Iterator[None]:
    """Claim, send, settle; another actor may come between any two of these."""
    while True:
        yield
        try:
            claimed = process.call(lambda process: process.outbox.claim(CHANNELS, world.random.randint(1, 6)))
        except Crash:
            continue
        judge.at_claim(world, claimed)
        until = world.now + LEASE
        for delivery in claimed:
            if world.random.random() < 0.4:
                yield
            try:
                deliver(world, process, delivery, until)
            except Crash:
                break


def deliver(world: World, process: Process, claimed: Claimed, until: dt.datetime) -> None:
    """Send one delivery, as well as the platform lets it, and settle it. Raises ``Crash``."""
    if world.now >= until:
        # The sender stood still until its lease was over, and knows nothing of it.
        world.counts["senders stalled"] += 1
        world.stalled.add(claimed.delivery_id)
    fate = world.random.random() if world.faulty else 1.0
    where = (claimed.address.channel, claimed.address.conversation)
    if fate < 0.03:
        process.start()
        raise Crash
    if fate < 0.06:
        world.refused.add(where)
    if where in world.refused:
        world.counts["sends refused"] += 1
        process.call(lambda process: process.outbox.failed(claimed.delivery_id, "permanent", "gone"))
        return
    if fate < 0.14:
        world.counts["sends lost"] += 1
        process.call(lambda process: process.outbox.failed(claimed.delivery_id, "retry", "busy"))
        return
    sending = Sending(claimed.delivery_id, claimed.kind.value, claimed.key)
    world.sendings.append(sending)
    world.counts["sends"] += 1
    if fate < 0.20:
        world.counts["acknowledgements lost"] += 1
        process.call(lambda process: process.outbox.failed(claimed.delivery_id, "unknown", "no reply"))
        return
    # What may be said once only is put to the proof where its sender dies right after saying it: more die there.
    if fate < (0.5 if BEHAVIOURS[claimed.kind].at_most_once else 0.23):
        process.start()
        raise Crash
    process.call(lambda process: process.outbox.sent(claimed.delivery_id))
    sending.clean = True


def auditor(world: World) -> Iterator[None]:
    """Audit in the middle of everything: what must hold at any instant does."""
    process = world.front[0]
    while True:
        yield
        try:
            found = process.call(lambda process: process.auditor.look())
        except Crash:
            continue
        world.counts["audits"] += 1
        world.violations += [f"audit: {finding}" for finding in found if finding.code not in _LATER]


def _subject(world: World) -> str:
    subject = world.random.choice(("une concession de chauffage", "un avenant tardif", "la régie d'avances", ""))
    return f"Que faire pour {subject} ?" if subject else world.random.choice(LIBRARY.entries).title
