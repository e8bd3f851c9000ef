"""What people type and press becomes one order, in any language, or a clear refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Button, Command, Pressed
from bot.commands import COMMANDS, Order, command_words, of_action, of_command, question_of, typed_action
from bot.words import LOCALES, Words
from helpdesk.errors import InvalidInputError
from helpdesk.model import AccountRef, Address

CLAIRE, HERE = AccountRef("console", "claire"), Address("console", "claire")


def _pressed(action: str) -> Pressed:
    return Pressed("key", CLAIRE, HERE, action)


def _command(name: str, argument: str = "") -> Command:
    return Command("key", CLAIRE, HERE, name, argument)


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("human:42", Order("human", 42, "")),
        ("choose:42:2", Order("choose", 42, "2")),
        ("rate:7:5", Order("rate", 7, "5")),
        ("pass:42:3", Order("pass", 42, "3")),
        ("entry:faq-exiger-label", Order("entry", None, "faq-exiger-label")),
        ("board", Order("board", None, "")),
    ],
)
def test_a_button_gives_its_order(action: str, order: Order) -> None:
    assert of_action(_pressed(action)) == order


@pytest.mark.parametrize(
    "action",
    [
        "",
        "human",
        "human:",
        "human:x",
        "human:42:2:3",
        "human:-1",
        "human:1234567890",
        "HUMAN:42",
        "human:42\n",
        "entry:",
    ],
)
def test_a_button_we_never_made_is_refused(action: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        of_action(_pressed(action))
    assert refused.value.code == "unknown_action"


@pytest.mark.parametrize(
    ("actions", "question"),
    [
        (["answer:42", "pass:42", "ticket:42"], 42),
        (["lang:fr", "rate:7:5"], 7),
        (["ticket:42", "ticket:43"], None),
        (["file:42", "unaway:3", "entry:faq-exiger-label"], None),
        ([], None),
    ],
)
def test_a_message_is_about_the_one_question_that_its_buttons_name(actions: list[str], question: int | None) -> None:
    assert question_of(actions) == question


@given(st.text(max_size=80))
def test_any_action_is_an_order_or_a_refusal(action: str) -> None:
    try:
        order = of_action(_pressed(action))
    except InvalidInputError as error:
        assert error.code == "unknown_action"  # noqa: PT017 - both ends are right
    else:
        assert order.name


@pytest.mark.parametrize(
    ("argument", "ticket", "rest"),
    [
        ("42 Oui, avec « ou équivalent ».", 42, "Oui, avec « ou équivalent »."),
        ("  n° 42 : oui", 42, "oui"),
        ("#42 oui", 42, "oui"),
        ("no 42", 42, ""),
        ("42", 42, ""),
        ("42\nligne une\nligne deux", 42, "ligne une\nligne deux"),
        ("oui", None, "oui"),
        ("12345678901 oui", None, "12345678901 oui"),
        ("", None, ""),
    ],
)
def test_a_command_finds_its_question_and_its_text(argument: str, ticket: int | None, rest: str) -> None:
    assert of_command(_command("answer", argument)) == Order("answer", ticket, rest)


def test_a_new_question_may_begin_with_a_number() -> None:
    assert of_command(_command("question", "40 k€, quel seuil ?")) == Order("question", None, "40 k€, quel seuil ?")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidInputError, match="number_missing"):
        _ = of_command(_command("take")).number
    with pytest.raises(InvalidInputError, match="text_missing"):
        _ = of_command(_command("answer", "42")).text
    with pytest.raises(InvalidInputError, match="unknown_command"):
        of_command(_command("explode", "42"))


def test_commands_have_words_in_every_language_and_no_two_share_one() -> None:
    known = command_words(("help", "quit"))
    for locale in LOCALES:
        words = Words(locale)
        for name in (*COMMANDS, "help", "quit"):
            for word in words(f"command.{name}").split():
                assert known[word] == name
    assert known["mesquestions"] == "mine"


BUTTONS = (
    (Button("1. Exiger un label", "choose:42:1"),),
    (Button("2. Le prix seul", "choose:42:2"),),
    (Button("Demander à un expert", "human:42"), Button("Le site", url="https://guichet.example")),
)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("2", "choose:42:2"),
        (" 1 ", "choose:42:1"),
        ("DEMANDER A UN EXPERT", "human:42"),
        ("2. le prix seul", "choose:42:2"),
        ("3", None),
        ("42", None),
        ("le site", None),
        ("un expert", None),
        ("", None),
    ],
)
def test_a_number_or_a_label_presses_a_button(text: str, action: str | None) -> None:
    assert typed_action(BUTTONS, text) == action
