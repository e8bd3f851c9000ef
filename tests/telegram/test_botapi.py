"""The local Bot API server itself: sending, editing, pressing, files, and what it refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InputMediaDocument, Message, Update
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Markup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from tests.clock import ManualClock
from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import Attachment, User
from tests.telegram.driving import call, drive, refusal, violation

PDF = Attachment("délibération.pdf", b"%PDF-1.7 text", "application/pdf")
PNG = b"\x89PNG\r\n\x1a\n picture"
CARD = "<b>Le SPASER</b> &amp; vous : <a href='https://example.org/spaser'>la fiche</a>"
KEYS = Markup([[Button("Lire la fiche", callback_data="read")], [Button("Merci", callback_data="ok")]])


@pytest.fixture
def marie(telegram: BotApiServer) -> User:
    """A member who has started the bot."""
    marie = telegram.user("Marie", "Dupont", username="mdupont")
    marie.starts()
    return marie


def test_a_member_is_answered_and_presses(telegram: BotApiServer, marie: User) -> None:
    marie.says("Qu'est-ce qu'un SPASER ?")

    async def answer(bot: Bot) -> Update:
        *_, asked = await bot.get_updates()
        sent = await bot.send_message(marie.id, CARD, "HTML", reply_markup=KEYS, reply_to_message_id=2)
        press = marie.presses("Merci")
        (pressed,) = await bot.get_updates(asked.update_id + 1)
        assert pressed.callback_query
        await pressed.callback_query.answer("Avec plaisir !")
        assert press.answer == "Avec plaisir !"
        await bot.edit_message_text("<i>Clos</i>", marie.id, sent.message_id, parse_mode="HTML")
        return asked

    update = drive(telegram, answer)
    assert update.effective_user
    assert update.effective_user.full_name == "Marie Dupont"
    assert marie.private.transcript() == (
        "# private · Marie Dupont\n\nMarie Dupont:\n  /start\n\nMarie Dupont:\n  Qu'est-ce qu'un SPASER ?\n\n"
        "Guichet (edited):\n  ↪ Marie Dupont: Qu'est-ce qu'un SPASER ?\n  _Clos_\n\n"
        "Marie Dupont presses [Merci]\n  (notice: Avec plaisir !)\n"
    )


def test_a_story_tells_each_change_when_it_was_made(telegram: BotApiServer, marie: User) -> None:
    async def act(bot: Bot) -> None:
        sent = await bot.send_message(marie.id, "Une carte\nÀ prendre", reply_markup=KEYS)
        marie.presses("Merci")
        other = await bot.send_message(marie.id, "Une autre")
        await bot.edit_message_text("Une carte\nPrise", marie.id, sent.message_id)
        await bot.edit_message_text("Tout autre chose", marie.id, other.message_id)
        marie.says("Encore ?")
        await bot.delete_message(marie.id, sent.message_id)

    drive(telegram, act)
    assert marie.private.story() == (
        "# private · Marie Dupont\n\nMarie Dupont:\n  /start\n\n"
        "Guichet:\n  Une carte\n  À prendre\n  [Lire la fiche]\n  [Merci]\n\nMarie Dupont presses [Merci]\n\n"
        "Guichet changes « Une carte »:\n  - À prendre\n  - [Lire la fiche]\n  - [Merci]\n  + Prise\n\n"
        "Guichet:\n  Une autre\n\nGuichet changes « Une autre »:\n  Tout autre chose\n\n"
        "Marie Dupont:\n  Encore ?\n\nGuichet deletes « Une carte »\n"
    )


def test_a_transcript_shows_marks_and_rows_of_buttons(telegram: BotApiServer, marie: User) -> None:
    drive(telegram, lambda bot: bot.send_message(marie.id, CARD, "HTML", reply_markup=KEYS))
    assert marie.private.transcript().endswith(
        "Guichet:\n  *Le SPASER* & vous : la fiche <https://example.org/spaser>\n  [Lire la fiche]\n  [Merci]\n"
    )


def test_messages_are_dated_by_the_injected_clock(
    telegram: BotApiServer, telegram_clock: ManualClock, marie: User
) -> None:
    telegram_clock.advance(days=2)
    sent: Message = drive(telegram, lambda bot: bot.send_message(marie.id, "Bonjour"))
    assert sent.date == telegram_clock.now()


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("sendMesage", {}, "method not found"),
        ("sendMessage", {"text": "a", "disable_web_page_preview": True}, "no parameter disable_web_page_preview"),
        ("sendMessage", {}, "message text is empty"),
        ("sendMessage", {"text": " \n"}, "text must be non-empty"),
        ("sendMessage", {"text": 42}, "must be of type string"),
        ("sendMessage", {"text": "a", "disable_notification": "yes"}, "must be of type boolean"),
        ("sendMessage", {"text": "a" * 4097}, "message is too long"),
        ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "can't parse entities"),
        ("sendMessage", {"text": "a & b", "parse_mode": "HTML"}, "can't parse entities"),
        ("sendMessage", {"text": "a", "reply_parameters": {"message": 1}}, "unknown fields message"),
        ("editMessageText", {"text": "a"}, "message_id are required"),
        ("editMessageReplyMarkup", {"message_id": 1, "reply_markup": {"force_reply": True}}, "inline keyboard"),
        ("sendDocument", {"document": "x", "caption": "a" * 1025}, "caption is too long"),
        ("sendChatAction", {"action": "thinking"}, "wrong parameter action"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]}, "2 to 10"),
        ("deleteMessages", {"message_ids": []}, "1 to 100"),
    ],
)
def test_what_no_correct_client_sends_is_held_against_it(
    telegram: BotApiServer, marie: User, method: str, parameters: dict[str, Any], reason: str
) -> None:
    assert reason in violation(telegram, method, chat_id=marie.id, **parameters)


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "a", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "a"}, "text must be non-empty"),
        ({"text": "a"}, "Text buttons are unallowed"),
        ({"text": "a", "callback_data": "a", "url": "https://example.org"}, "several things"),
        ({"text": "a", "colour": "red", "callback_data": "a"}, "unknown fields"),
        ({"text": "a", "url": "http://localhost/x"}, "Wrong HTTP URL"),
    ],
)
def test_buttons_are_checked(telegram: BotApiServer, marie: User, button: dict[str, str], reason: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert reason in violation(telegram, "sendMessage", chat_id=marie.id, text="a", reply_markup=markup)


def test_a_keyboard_has_a_hundred_buttons_at_most(telegram: BotApiServer, marie: User) -> None:
    row = [{"text": "a", "callback_data": "a"}]
    full, over = {"inline_keyboard": [row] * 100}, {"inline_keyboard": [row] * 101}
    assert call(telegram, "sendMessage", chat_id=marie.id, text="a", reply_markup=full).is_success
    assert "too long" in violation(telegram, "sendMessage", chat_id=marie.id, text="a", reply_markup=over)


def test_a_text_is_measured_without_its_tags(telegram: BotApiServer, marie: User) -> None:
    sent = call(telegram, "sendMessage", chat_id=marie.id, text=f"<b>{'é' * 4096}</b>", parse_mode="HTML")
    assert sent.is_success


def test_a_wrong_token_is_unauthorized(telegram: BotApiServer) -> None:
    telegram.token = "1:other"
    assert call(telegram, "getMe").is_success
    telegram.token, url = BotApiServer.token, "1:other"
    assert call(telegram, f"../bot{url}/getMe").status_code == 401


def test_a_violation_fails_the_test(telegram: BotApiServer, marie: User) -> None:
    call(telegram, "sendMessage", chat_id=marie.id, text="<p>a</p>", parse_mode="HTML")
    with pytest.raises(AssertionError, match=r"(?s)contract.*Unsupported start tag.*<p>a</p>"):
        telegram.check_contract()
    telegram.violations.clear()


def test_refusals_of_daily_life_are_no_violations(telegram: BotApiServer, marie: User) -> None:
    stranger = telegram.user("Paul")
    assert refusal(telegram, "sendMessage", chat_id=stranger.id, text="a") == "Bad Request: chat not found"
    assert "to edit not found" in refusal(telegram, "editMessageText", chat_id=marie.id, message_id=99, text="a")
    assert "can't be edited" in refusal(telegram, "editMessageText", chat_id=marie.id, message_id=1, text="a")
    assert "to delete not found" in refusal(telegram, "deleteMessage", chat_id=marie.id, message_id=99)
    gone = {"message_id": 99}
    assert "replied not found" in refusal(telegram, "sendMessage", chat_id=marie.id, text="a", reply_parameters=gone)
    anyway = gone | {"allow_sending_without_reply": True}
    assert call(telegram, "sendMessage", chat_id=marie.id, text="a", reply_parameters=anyway).is_success
    edit = {"chat_id": marie.id, "message_id": marie.private.last.id, "text": "a"}
    assert "message is not modified" in refusal(telegram, "editMessageText", **edit)


def test_a_member_blocks_the_bot_then_comes_back(telegram: BotApiServer, marie: User) -> None:
    async def act(bot: Bot) -> tuple[Update, ...]:
        marie.blocks()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(marie.id, "Bonjour")
        marie.unblocks()
        await bot.send_message(marie.id, "Bonjour")
        marie.deactivates()
        with pytest.raises(Forbidden, match="user is deactivated"):
            await bot.send_message(marie.id, "Bonjour")
        return await bot.get_updates()

    _, blocked, back = drive(telegram, act)
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member
    assert back.my_chat_member.new_chat_member.status == "member"


def test_a_press_grows_too_old_to_answer(telegram: BotApiServer, telegram_clock: ManualClock, marie: User) -> None:
    async def act(bot: Bot) -> None:
        await bot.send_message(marie.id, "Bonjour", reply_markup=KEYS)
        press = marie.presses("read")
        telegram_clock.advance(minutes=5)
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await bot.answer_callback_query(press.id)

    drive(telegram, act)


def test_a_deleted_message_leaves_the_transcript(telegram: BotApiServer, marie: User) -> None:
    async def act(bot: Bot) -> None:
        sent = await bot.send_message(marie.id, "Bonjour")
        await bot.delete_message(marie.id, sent.message_id)

    drive(telegram, act)
    assert "Bonjour" not in marie.private.transcript()


def test_files_go_both_ways(telegram: BotApiServer, marie: User) -> None:
    marie.says("Notre délibération", document=PDF)

    async def act(bot: Bot) -> None:
        *_, update = await bot.get_updates()
        assert update.message
        assert update.message.caption == "Notre délibération"
        assert update.message.document
        assert update.message.document.file_name == PDF.name
        file = await update.message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == PDF.content
        await bot.send_document(marie.id, update.message.document.file_id)
        await bot.send_photo(marie.id, PNG, caption="<b>Plan</b>", parse_mode="HTML")
        with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
            await bot.send_photo(marie.id, b"not a picture")
        await bot.send_voice(marie.id, b"OggS", duration=3)
        album = [InputMediaDocument(PDF.content, filename="1.pdf"), InputMediaDocument(b"2", filename="2.pdf")]
        sent = await bot.send_media_group(marie.id, album, caption="Les pièces")
        assert len({message.media_group_id for message in sent}) == 1

    drive(telegram, act)
    shown = [line.strip() for line in marie.private.transcript().splitlines() if "<" in line]
    assert shown[:2] == ["<document: délibération.pdf>"] * 2
    assert shown[-2:] == ["<document: 1.pdf>", "<document: 2.pdf>"]


def test_albums_forwards_and_edits_reach_the_bot(telegram: BotApiServer, marie: User) -> None:
    marie.sends_album([("photo", Attachment("plan.jpg")), ("photo", Attachment("vue.jpg"))], "Le chantier")
    voice = marie.says(voice=Attachment("note.ogg", b"OggS", "audio/ogg"))
    marie.forwards(voice)
    marie.edits(marie.says("avant"), "après")
    *_, first, second, noted, forwarded, _, edited = drive(telegram, lambda bot: bot.get_updates())
    assert first.message
    assert second.message
    assert first.message.media_group_id == second.message.media_group_id
    assert (first.message.caption, second.message.caption) == ("Le chantier", None)
    assert noted.message
    assert noted.message.voice
    assert forwarded.message
    assert forwarded.message.forward_origin
    assert edited.edited_message
    assert edited.edited_message.text == "après"


def test_waiting_ends_when_the_bot_has_spoken(telegram: BotApiServer, marie: User) -> None:
    async def act(bot: Bot) -> None:
        waiting = asyncio.create_task(marie.private.until("promis"))
        await bot.send_message(marie.id, "Réponse promise")
        first = await waiting
        waiting = asyncio.create_task(marie.private.until("Merci", after=first))
        await bot.send_message(marie.id, "Alors ?", reply_markup=KEYS)
        assert (await waiting).labels == [["Lire la fiche"], ["Merci"]]

    drive(telegram, act)
    with pytest.raises(AssertionError, match=r"(?s)jamais dit.*Alors"):
        marie.private.wait_for("jamais dit", timeout=0.01)


def test_a_file_over_twenty_megabytes_is_not_served(telegram: BotApiServer, marie: User) -> None:
    huge = marie.says(document=Attachment("plan.zip", size=21 << 20))
    assert huge.media
    assert "file is too big" in refusal(telegram, "getFile", file_id=huge.media.file.id)


def test_commands_are_kept_by_scope_and_language(telegram: BotApiServer, marie: User) -> None:
    async def act(bot: Bot) -> None:
        scope = BotCommandScopeChat(marie.id)
        await bot.set_my_commands([BotCommand("ticket", "Voir un ticket")], scope, "fr")
        assert [one.command for one in await bot.get_my_commands(scope, "fr")] == ["ticket"]
        assert await bot.get_my_commands() == ()
        await bot.delete_my_commands(scope, "fr")
        assert await bot.get_my_commands(scope, "fr") == ()
        await bot.set_my_description("Posez votre question", "fr")
        assert (await bot.get_my_description("fr")).description == "Posez votre question"

    drive(telegram, act)
    assert "BOT_COMMAND_INVALID" in violation(
        telegram, "setMyCommands", commands=[{"command": "Mes-Questions", "description": "a"}]
    )


def test_faults_come_when_asked_for(telegram: BotApiServer, marie: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of its next version when it builds RetryAfter

    async def act(bot: Bot) -> None:
        telegram.fail_next("sendMessage", status=429, retry_after=3)
        with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
            await bot.send_message(marie.id, "un")
        telegram.fail_next("sendMessage", status=502)
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(marie.id, "deux")
        telegram.cut_before_effect("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(marie.id, "trois")
        telegram.cut_after_effect("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(marie.id, "quatre")
        await bot.send_message(marie.id, "cinq")

    drive(telegram, act)
    assert [message.text for message in marie.private.from_bot()] == ["quatre", "cinq"]


def test_a_rate_limit_answers_429_beyond_it(telegram: BotApiServer, marie: User) -> None:
    telegram.limit_rate(2, 60, per_chat=True)
    answers = [call(telegram, "sendMessage", chat_id=marie.id, text=str(n)).status_code for n in range(3)]
    assert answers == [200, 200, 429]
    paul = telegram.user("Paul")
    paul.starts()
    assert call(telegram, "sendMessage", chat_id=paul.id, text="a").is_success
