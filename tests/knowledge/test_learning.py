"""What members taught changes the matcher: wordings turned down, probabilities by batches, never much at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from knowledge.anonymous import without_names
from knowledge.calibration import Calibration
from knowledge.decision import Decision, Reason
from knowledge.learning import BATCH, Learnt, Verdict
from knowledge.matcher import Matcher
from knowledge.replay import replay

if TYPE_CHECKING:
    from knowledge.files import Library

TODAY = dt.date(2026, 11, 22)


def _answered(matcher: Matcher, library: Library) -> list[tuple[str, str]]:
    """Return phrasings that the library answers, with the entries given."""
    found = []
    for entry in library.entries[:60]:
        got = matcher.judge(entry.phrasings[0], today=TODAY)
        if got.decision is Decision.ANSWER:
            found.append((entry.phrasings[0], got.scored[0].entry_id))
    return found


def test_what_was_turned_down_is_suggested_and_nothing_else_moves(matcher: Matcher, library: Library) -> None:
    (question, entry), (other, _), *_ = _answered(matcher, library)
    verdict = Verdict(question, entry, right=False)
    taught = matcher.over(matcher.entries, matcher.themes, Learnt((verdict,), (verdict,)))
    assert taught.calibration == matcher.calibration
    for asked in (question, f"bonjour, {question.lower()}"):
        got = taught.judge(asked, today=TODAY)
        assert (got.decision, got.reason) == (Decision.SUGGEST, Reason.TURNED_DOWN)
        assert got.scored[0].entry_id == entry
    assert taught.judge(other, today=TODAY).decision is Decision.ANSWER
    assert taught.version != matcher.version


@pytest.mark.parametrize("asked", ["c'est quoi une filière REP ? merci d'avance", "une filiere REP c koi"])
def test_a_short_question_too_is_known_as_the_one_for_which_its_entry_did_not_do(matcher: Matcher, asked: str) -> None:
    got = matcher.judge(asked, today=TODAY)
    assert got.decision is Decision.ANSWER
    verdict = Verdict(
        without_names("c'est quoi une filière REP ? merci d'avance", []), got.scored[0].entry_id, right=False
    )
    taught = matcher.over(matcher.entries, matcher.themes, Learnt((verdict,), (verdict,)))
    assert taught.judge(asked, today=TODAY).reason is Reason.TURNED_DOWN


@pytest.mark.parametrize("right", [True, False])
def test_a_batch_of_verdicts_moves_the_probabilities_their_way(
    matcher: Matcher, library: Library, *, right: bool
) -> None:
    said = tuple(Verdict(f"{asked} svp", entry, right) for asked, entry in _answered(matcher, library)[:BATCH])
    assert len(said) == BATCH
    before = matcher.calibration
    assert matcher.calibrate(Learnt(said[:-1])) == before
    after = matcher.calibrate(Learnt(said))
    again = matcher.calibrate(Learnt(said))
    assert after == again
    assert after != before
    odds = [3.0]
    moved = after.first_right.probability(odds) - before.first_right.probability(odds)
    # The sample was nearly sure already: agreeing hardly moves it.
    assert -0.005 < moved < 0.05 if right else -0.25 < moved < -0.01


def test_the_replay_tells_what_was_learnt_and_never_from_the_question_itself(
    matcher: Matcher, library: Library
) -> None:
    (amiss, entry), *rest = _answered(matcher, library)
    twice = Verdict(f"bonjour {amiss}", entry, right=False)
    said = (Verdict(amiss, entry, right=False), twice, *(Verdict(asked, name, right=True) for asked, name in rest[:3]))
    odd = Verdict("la machine à café du bureau des achats", rest[0][1], right=True)
    found = replay(matcher, (*said, odd), (odd,), TODAY)
    assert (found.without.confirmed, found.without.first, found.without.right, found.without.wrong) == (4, 3, 3, 2)
    assert found.learnt.wrong < found.without.wrong
    assert found.learnt.first == found.without.first  # the odd wording is asked of a library that did not learn it
    assert found.learnt.precision is not None
    assert found.without.precision is not None
    assert found.learnt.precision > found.without.precision
    assert replay(matcher, (*said, odd), (odd,), TODAY) == found


def test_a_stored_calibration_comes_first(matcher: Matcher) -> None:
    other = Calibration.from_data(matcher.calibration.to_data() | {"answer_from": 0.5})
    keys = []

    def stored(key: str) -> Calibration:
        keys.append(key)
        return other

    assert matcher.over(matcher.entries, matcher.themes, stored=stored).calibration == other
    assert keys == [matcher.calibration_key(Learnt())]


def test_the_wanted_precision_moves_the_threshold(matcher: Matcher) -> None:
    strict = Matcher(matcher.entries, matcher.themes, precision=0.99, before=matcher)
    lax = Matcher(matcher.entries, matcher.themes, precision=0.8, before=matcher)
    assert lax.calibration.answer_from < matcher.calibration.answer_from < strict.calibration.answer_from


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bonjour à tous, quel papier acheter ? Merci d'avance, Claire", "quel papier acheter ?"),
        ("Claire de Bois-Joli : quel papier ?", "… de … : quel papier ?"),
        ("écrivez à claire@mairie.fr ou au 06 12 34 56 78, quel seuil ?", "écrivez à … ou au …, quel seuil ?"),
        ("Quel seuil ?\n\nEt quel délai ?", "Quel seuil ? Et quel délai ?"),
        ("merci", "merci"),
        ("a" * 1000, "a" * 299 + "…"),
    ],
)
def test_a_wording_names_nobody(said: str, kept: str) -> None:
    assert without_names(said, ["Claire Martin", "Bois-Joli"]) == kept
