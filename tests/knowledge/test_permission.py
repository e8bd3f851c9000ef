from __future__ import annotations

import datetime as dt

import pytest

from knowledge.matcher import Matcher
from knowledge.permission import asks_permission


@pytest.mark.parametrize(
    "message",
    [
        "Puis-je exiger un produit recyclé ?",
        "jpeu exigé du bio dans le marché",
        "a-t-on le droit de noter la distance de livraison",
        "Can we require organic cotton?",
    ],
)
def test_whether_one_may_require_score_or_reserve_is_asked(message: str) -> None:
    assert asks_permission(message)


@pytest.mark.parametrize(
    "message", ["Comment noter la distance ?", "Que peut-on exiger en preuve ?", "Le bio est-il possible ?"]
)
def test_how_to_do_it_is_another_question(message: str) -> None:
    assert not asks_permission(message)


def test_it_goes_to_the_lawyers_whatever_is_bought(matcher: Matcher) -> None:
    judgement = matcher.judge("Puis-je imposer des barquettes sans plastique ?", today=dt.date(2026, 11, 27))
    assert judgement.theme == "juridique"
