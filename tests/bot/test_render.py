"""What the renderer owes each reader, whatever the data: the golden texts hold the wording itself."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from bot.channel import Capability
from bot.channels.discord import markdown as markdown_of_discord
from bot.channels.plain import plain_text
from bot.channels.telegram import html as html_of_telegram
from bot.channels.web import markdown as markdown_of_the_web
from bot.commands import typed_action
from bot.render.renderer import Renderer
from bot.words import LOCALES, Words
from helpdesk.notices import NoticeKind as K
from knowledge.intents import questions_named
from tests.bot.samples import DUE, QUESTION, SAMPLES, TOLD, samples

TEXT_ONLY = Capability.MARKUP
PRESSABLE = Capability.MARKUP | Capability.BUTTONS
MEMBER_KINDS = (
    K.answer_found, K.suggestions, K.clarify, K.redirected, K.acknowledged, K.joined, K.date_moved, K.expert_asks,
    K.answered, K.late, K.pointer, K.thanks, K.status, K.confirmed, K.rated, K.withdraw_which,
    K.withdrawn,
)  # fmt: skip
JARGON = re.compile(r"\b(tickets?|sla|breach|deadline|null|true|false)\b|[a-z]+_[a-z]+|\{|\}", re.IGNORECASE)
SHOWN: dict[str, Callable[[str], str]] = {
    "terminal": plain_text,
    "web": markdown_of_the_web.message,
    "telegram": lambda text: "".join(html_of_telegram.pieces(text)),
    "discord": lambda text: "".join(markdown_of_discord.pieces(text)),
}
EVERY = [(kind, variant, data, ticket) for kind, variant, data, ticket in samples()]
EVIL = "**gras** [ici](http://mal.example) <b>@everyone</b>\n# titre\n- liste ![x](y)"


def _text(
    kind: K, data: dict[str, object], locale: str = "fr", capabilities: Capability = PRESSABLE, at: dt.datetime = TOLD
) -> str:
    return Renderer(None).render(kind, data, 42, Words(locale), capabilities, at).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, _, data, _ in EVERY if kind in MEMBER_KINDS])
def test_a_member_reads_no_jargon_and_no_raw_key(kind: K, data: dict[str, object], locale: str) -> None:
    rendered = Renderer(None).render(kind, data, 42, Words(locale), TEXT_ONLY, TOLD)
    for words in (rendered.text, *(button.label for row in rendered.buttons for button in row)):
        assert not JARGON.search(words.replace("\\", ""))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "data", [data for data in SAMPLES[K.audit_finding].values() if data["code"] != "something_new"]
)
def test_a_coordinator_reads_a_finding_in_words(data: dict[str, object], locale: str) -> None:
    text = _text(K.audit_finding, data, locale)
    assert not re.search(r"[{}\"]|\b[a-z]+_[a-z]+|null|None|T\d\d:", text.replace("\\_", "_"))


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("due_mismatch", "Contrôle de la promesse"),
        ("discord_server_gone", "Service"),
        ("update_skipped", "Service"),
        ("sweep_silent", "Service"),
    ],
)
def test_only_what_is_about_the_promise_is_told_as_its_check(code: str, title: str) -> None:
    assert _text(K.audit_finding, {"code": code, "detail": {}}).startswith(f"**{title} : un ")


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, _, data, _ in EVERY])
def test_every_action_fits_the_smallest_platform(kind: K, data: dict[str, object]) -> None:
    rendered = Renderer(None).render(kind, data, 123456789, Words("fr"), PRESSABLE, TOLD)
    for button in (button for row in rendered.buttons for button in row):
        assert button.label
        assert button.url is None
        assert len((button.action or "").encode()) <= 64


@pytest.mark.parametrize("kind", [kind for kind in K if "question" in next(iter(SAMPLES[kind].values()))])
def test_a_members_question_makes_no_markup(kind: K) -> None:
    data = {**next(iter(SAMPLES[kind].values())), "question": EVIL}
    html = MarkdownIt("commonmark").render(_text(kind, data))
    assert "<b>" not in html
    assert "<h1>" not in html
    assert "<a " not in html
    assert "<img" not in html
    assert "@everyone" not in html
    assert "**gras**" in html


def test_a_members_reply_makes_no_markup() -> None:
    html = MarkdownIt("commonmark").render(_text(K.member_replied, {"text": EVIL, "question": "Q", "due_at": None}))
    assert not re.search("<(b|h1|a|img|ul|li)[ >]", html)


def test_an_experts_answer_keeps_its_markdown() -> None:
    html = MarkdownIt("commonmark").render(_text(K.answered, SAMPLES[K.answered]["first"]))
    assert "<strong>deux conditions</strong>" in html
    assert "<ol>" in html


@pytest.mark.parametrize(
    ("kind", "variant", "typed"),
    [
        (K.answer_found, "checked", "« un expert »"),
        (K.suggestions, "three", "de 1 à 3"),
        (K.redirected, "", "« un expert »"),
        (K.answered, "first", "« oui »"),
        (K.confirmed, "expert", "de 1 "),
        (K.assigned, "rich", "/repondre 42"),
        (K.breach, "lead", "/repondre 42"),
        (K.unassigned, "theme", "/reaffecter 42"),
    ],
)
def test_without_buttons_the_text_says_what_to_type(kind: K, variant: str, typed: str) -> None:
    assert typed in _text(kind, SAMPLES[kind][variant], capabilities=TEXT_ONLY)
    assert "apez" not in _text(kind, SAMPLES[kind][variant], capabilities=PRESSABLE)
    assert "/re" not in _text(kind, SAMPLES[kind][variant], capabilities=PRESSABLE)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("capabilities", [PRESSABLE, TEXT_ONLY])
def test_of_many_questions_to_take_back_those_shown_have_a_button_and_the_words_for_the_others_work(
    locale: str, capabilities: Capability
) -> None:
    data = SAMPLES[K.withdraw_which]["many"]
    rendered = Renderer(None).render(K.withdraw_which, data, None, Words(locale), capabilities, TOLD)
    pressed = [row[0].action for row in rendered.buttons]
    assert pressed == [f"withdraw:{ticket['id']}" for ticket in data["tickets"][:5]]
    assert len(re.findall(r"^- \*\*n", rendered.text, re.MULTILINE)) == len(pressed)
    (proposed,) = re.findall("[«“] ?([^»”]*42) ?[»”]", rendered.text)
    assert questions_named(proposed) == (42,)


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_the_other_entries_are_shown_by_the_numbers_that_choose_them(shown: Callable[[str], str]) -> None:
    data = SAMPLES[K.answer_found]["doubtful"]
    rendered = Renderer(None).render(K.answer_found, data, 42, Words("fr"), TEXT_ONLY, TOLD)
    lines = re.sub("<br>|</?p>", "\n", shown(rendered.text)).replace("\\", "").splitlines()
    numbers = {other["title"]: f"{other['rank']}" for other in data["others"]}
    for title, number in numbers.items():
        assert f"{number}. {title}" in [html.unescape(line).replace("\xa0", " ") for line in lines]
        assert (typed_action(rendered.buttons, number) or "").startswith("choose:42:")


def test_pages_are_opened_by_address_outside_the_web_only() -> None:
    data = SAMPLES[K.entry_proposed][""]
    renderer = Renderer("https://guichet.example/")
    outside = renderer.render(K.entry_proposed, data, None, Words("fr"), PRESSABLE, TOLD).buttons[0][0]
    inside = renderer.render(K.entry_proposed, data, None, Words("fr"), PRESSABLE | Capability.MAILBOX, TOLD).buttons[
        0
    ][0]
    assert (outside.url, outside.action) == ("https://guichet.example/candidates/7", None)
    assert (inside.url, inside.action) == (None, "candidate:7")


def test_dates_are_said_in_the_networks_zone() -> None:
    words = Words("fr", "America/Martinique")
    rendered = Renderer(None).render(K.joined, {"due_at": DUE, "state": "assigned"}, 42, words, PRESSABLE, TOLD)
    assert "jeudi 30 avril à 10 h" in rendered.text


def test_a_repeated_alert_says_so() -> None:
    for kind in (K.breach, K.escalation):
        data = {**next(iter(SAMPLES[kind].values())), "maybe_repeat": True}
        assert "peut-être déjà reçu" in _text(kind, data)
        assert "peut-être déjà reçu" not in _text(kind, {**data, "maybe_repeat": False})


def test_days_off_are_mentioned_only_when_the_wait_crosses_some() -> None:
    data = SAMPLES[K.acknowledged]["experts"]
    assert "week-ends" not in _text(K.acknowledged, data)
    assert "week-ends" in _text(K.acknowledged, {**data, "days_off": True})


def test_a_quiet_morning_is_one_line() -> None:
    assert len(_text(K.summary, SAMPLES[K.summary]["quiet"]).splitlines()) == 1
    assert len(_text(K.summary, {**SAMPLES[K.summary]["quiet"], "dead": 1}).splitlines()) > 1


def test_missing_data_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(KeyError):
        _text(K.answered, {"text": QUESTION})
