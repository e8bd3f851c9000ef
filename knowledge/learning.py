"""What a network's own members taught its library: verdicts on its answers, kept apart from the entries themselves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

BATCH = 20  # verdicts are counted by so many: between two batches nothing moves


@dataclass(frozen=True)
class Verdict:
    """What a member said of an entry shown as the answer to their question: that it does, or that it does not."""

    question: str
    entry_id: str
    right: bool


@dataclass(frozen=True)
class Learnt:
    """All that was learnt, oldest first. ``turned_down``: the verdicts that forbid answering so again."""

    verdicts: tuple[Verdict, ...] = ()
    turned_down: tuple[Verdict, ...] = ()

    @property
    def counted(self) -> tuple[Verdict, ...]:
        """The verdicts that move the probabilities: whole batches, so that one verdict alone changes nothing."""
        return self.verdicts[: len(self.verdicts) - len(self.verdicts) % BATCH]

    def wordings_against(self, entry_id: str) -> tuple[str, ...]:
        """Return the questions for which an entry did not do."""
        return tuple(verdict.question for verdict in self.turned_down if verdict.entry_id == entry_id)

    def digest(self) -> str:
        """Return what tells one state of the counted verdicts from another."""
        told = [[verdict.question, verdict.entry_id, verdict.right] for verdict in self.counted]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
