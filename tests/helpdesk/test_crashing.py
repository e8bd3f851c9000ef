"""A crash at any write or commit leaves no trace, and the update said again does what it would have done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from helpdesk.errors import NotAllowedError
from tests.helpdesk.story import Step, story, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from tests.helpdesk.network import Network

pytestmark = pytest.mark.long


_LOOK = 5
SENDING = frozenset({"deliver", "deliver again", "late deliveries"})  # the simulation cuts the senders


class PowerCut(BaseException):
    """The process died here."""


class Fuse:
    """Blows at the ``at``-th write or commit; counts them all.

    A cut at a read leaves what a cut at the next write does.
    """

    def __init__(self, at: int) -> None:
        self._at = at
        self.count = 0

    def write(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("SELECT"):
            self.burn()

    def burn(self, *_given: object) -> None:
        self.count += 1
        if self.count == self._at:
            raise PowerCut


@contextmanager
def fused(engine: Engine, at: int) -> Iterator[Fuse]:
    fuse = Fuse(at)
    event.listen(engine, "before_cursor_execute", fuse.write)
    event.listen(engine, "commit", fuse.burn)
    try:
        yield fuse
    finally:
        event.remove(engine, "before_cursor_execute", fuse.write)
        event.remove(engine, "commit", fuse.burn)


def _cut_everywhere(network: Network, step: Step, every: int) -> None:
    """Do a step after trying it with a cut at each of its writes; each cut leaves everything as it was.

    A trace would stay, so that looking now and then, and at the whole in the end, is enough.
    """
    engine = network.office.database.engine
    before = network.everything() if step.whole else None
    at = 1
    while True:
        with fused(engine, at) as fuse:
            try:
                step.act()
            except PowerCut:
                pass
            else:
                assert fuse.count < at
                return
        if before is not None and at % _LOOK == 1:
            assert network.everything() == before, (step.name, at)
        at += every


def test_a_cut_at_any_write_loses_nothing_and_doubles_nothing(
    network: Network, make_network: Callable[[], Network]
) -> None:
    # Each write is cut on SQLite; PostgreSQL, where a cut also burns numbers of sequences, is sampled.
    on_sqlite = network.office.database.is_sqlite

    def cut(step: Step) -> None:
        if step.name in SENDING:
            step.act()
        else:
            _cut_everywhere(network, step, every=1 if on_sqlite else _LOOK)

    tell(network, story(network), cut)
    if on_sqlite:
        spared = make_network()
        tell(spared, story(spared), _do)
        assert network.everything() == spared.everything()


def _do(step: Step) -> None:
    step.act()


def test_every_update_said_again_changes_nothing_and_answers_the_same(network: Network) -> None:
    def twice(step: Step) -> None:
        first = step.act()
        if not step.whole:
            return
        before = network.everything()
        if step.name == "erase":
            with pytest.raises(NotAllowedError, match="unknown_account"):
                step.act()
        elif step.name == "close days":
            assert step.act() == 0
        else:
            assert step.act() == first, step.name
        assert network.everything() == before, step.name

    tell(network, story(network), twice)
