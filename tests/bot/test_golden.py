"""The wording, reviewed as text: every kind of notice in both languages, compared exactly with ``golden/``."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channel import Button, Capability
from bot.render.renderer import Renderer
from bot.words import LOCALES, Words
from helpdesk.notices import NoticeKind
from tests.bot.samples import SAMPLES, TOLD, samples
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"
FULL = Capability.BUTTONS | Capability.MARKUP | Capability.MAILBOX | Capability.LONG_TEXT
WAYS = {"buttons": FULL, "typed": Capability.MARKUP}


def _button(button: Button) -> str:
    return f"[{button.label} -> {button.url or button.action}]"


def _text(locale: str, capabilities: Capability) -> str:
    renderer, words = Renderer("https://guichet.example"), Words(locale)
    parts = []
    for kind, variant, data, ticket_id in samples():
        rendered = renderer.render(kind, data, ticket_id, words, capabilities, TOLD)
        rows = "\n".join("  ".join(_button(button) for button in row) for row in rendered.buttons)
        title = f"{kind.value} ({variant})" if variant else kind.value
        parts.append(f"===== {title}\n{rendered.text}\n{rows}".rstrip() + "\n")
    return "\n".join(parts)


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(NoticeKind)
    assert all(SAMPLES.values())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("locale", LOCALES)
def test_wording_is_as_reviewed(locale: str, way: str) -> None:
    text = _text(locale, WAYS[way])
    assert_golden(text, GOLDEN / f"notices.{locale}.{way}.txt")
