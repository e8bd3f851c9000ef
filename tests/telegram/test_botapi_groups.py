"""The local Bot API server: groups, privacy mode, migration, forum topics."""

from __future__ import annotations

import pytest
from telegram import Bot, ChatMemberAdministrator, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import User
from tests.telegram.driving import call, drive, refusal


@pytest.fixture
def marie(telegram: BotApiServer) -> User:
    """A member of the groups."""
    return telegram.user("Marie")


def seen(telegram: BotApiServer) -> list[str]:
    messages = [update["message"] for update in telegram.pending if "message" in update]
    return [message.get("text", "service") for message in messages]


def test_privacy_mode_hides_what_is_not_for_the_bot(telegram: BotApiServer, marie: User) -> None:
    group = telegram.group("Acheteurs", marie)
    call(telegram, "sendMessage", chat_id=group.id, text="Bonjour")
    for text in ("entre nous", "/question SPASER", "/aide@guichet_bot", "/aide@autre_bot", "@Guichet_bot, un avis ?"):
        marie.says(text, group)
    marie.says("merci", group, reply_to=group.last)
    assert seen(telegram) == ["/question SPASER", "/aide@guichet_bot", "@Guichet_bot, un avis ?", "merci"]
    telegram.world.privacy = False
    marie.says("tout le monde m'entend", group)
    assert seen(telegram)[-1] == "tout le monde m'entend"


def test_an_administrator_bot_sees_everything(telegram: BotApiServer, marie: User) -> None:
    group = telegram.group("Acheteurs", marie)
    group.promote_bot("can_delete_messages")
    marie.says("entre nous", group)
    assert seen(telegram) == ["entre nous"]

    async def act(bot: Bot) -> None:
        me = await bot.get_chat_member(group.id, bot.id)
        assert isinstance(me, ChatMemberAdministrator)
        assert me.can_delete_messages
        assert not me.can_manage_topics
        assert {member.user.id for member in await bot.get_chat_administrators(group.id)} == {marie.id, bot.id}
        assert (await bot.get_chat(group.id)).title == "Acheteurs"

    drive(telegram, act)


def test_people_and_the_bot_come_and_go(telegram: BotApiServer, marie: User) -> None:
    group = telegram.strangers("Acheteurs", marie)
    assert refusal(telegram, "sendMessage", chat_id=group.id, text="a") == "Bad Request: chat not found"
    paul = telegram.user("Paul")
    marie.adds_bot(group)
    paul.joins(group)
    paul.leaves(group)
    marie.removes_bot(group)

    async def act(bot: Bot) -> tuple[Update, ...]:
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(group.id, "Bonjour")
        return await bot.get_updates()

    added, service, joined, left, removed = drive(telegram, act)
    assert added.my_chat_member
    assert service.message
    assert service.message.new_chat_members[0].username == "guichet_bot"
    assert joined.message
    assert joined.message.new_chat_members[0].first_name == "Paul"
    assert left.message
    assert left.message.left_chat_member
    assert removed.my_chat_member
    assert removed.my_chat_member.new_chat_member.status == "kicked"


def test_a_group_becomes_a_supergroup(telegram: BotApiServer, marie: User) -> None:
    group = telegram.group("Acheteurs", marie)
    new = group.migrate()

    async def act(bot: Bot) -> tuple[Update, ...]:
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(group.id, "Bonjour")
        assert moved.value.new_chat_id == new.id
        await bot.send_message(new.id, "Bonjour")
        return await bot.get_updates()

    old, fresh = drive(telegram, act)
    assert old.message
    assert old.message.migrate_to_chat_id == new.id
    assert fresh.message
    assert fresh.message.migrate_from_chat_id == group.id


def test_a_ticket_is_a_topic(telegram: BotApiServer, marie: User) -> None:
    room = telegram.forum("Experts", marie, rights=("can_manage_topics", "can_delete_messages"))

    async def act(bot: Bot) -> None:
        icon, *_ = await bot.get_forum_topic_icon_stickers()
        topic = await bot.create_forum_topic(room.id, "42 · SPASER", icon_custom_emoji_id=icon.custom_emoji_id)
        thread = topic.message_thread_id
        await bot.send_message(room.id, "La question", message_thread_id=thread)
        marie.says("Un brouillon", topic=room.topic("42 · SPASER"))
        *_, update = await bot.get_updates()
        assert update.message
        assert update.message.message_thread_id == thread
        assert update.message.is_topic_message
        assert update.message.reply_to_message
        assert update.message.reply_to_message.forum_topic_created
        await bot.edit_forum_topic(room.id, thread, name="42 · clos")
        with pytest.raises(BadRequest, match=r"(?i)not_modified"):
            await bot.edit_forum_topic(room.id, thread, name="42 · clos")
        await bot.close_forum_topic(room.id, thread)
        await bot.send_message(room.id, "Administrateur", message_thread_id=thread)
        room.promote_bot()
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(room.id, "Simple membre", message_thread_id=thread)

    drive(telegram, act)
    assert room.transcript() == (
        "# supergroup · Experts\n\n## 42 · clos (closed)\n\n· Guichet opens the topic\n\n"
        "Guichet:\n  La question\n\n"
        "Marie:\n  Un brouillon\n\n· Guichet names the topic\n\n· Guichet closes the topic\n\n"
        "Guichet:\n  Administrateur\n"
    )


def test_a_deleted_topic_is_not_found(telegram: BotApiServer, marie: User) -> None:
    room = telegram.forum("Experts", marie)
    topic = marie.opens_topic(room, "Divers")
    marie.closes_topic(topic)
    marie.reopens_topic(topic)
    assert call(telegram, "sendMessage", chat_id=room.id, message_thread_id=topic.id, text="a").is_success
    assert "not enough rights" in refusal(telegram, "deleteForumTopic", chat_id=room.id, message_thread_id=topic.id)
    marie.deletes_topic(topic)
    send = {"chat_id": room.id, "message_thread_id": topic.id, "text": "a"}
    assert refusal(telegram, "sendMessage", **send) == "Bad Request: message thread not found"
    assert "TOPIC_ID_INVALID" in refusal(telegram, "closeForumTopic", chat_id=room.id, message_thread_id=topic.id)


def test_topics_need_a_forum_and_a_right(telegram: BotApiServer, marie: User) -> None:
    group, room = telegram.supergroup("Acheteurs", marie), telegram.forum("Experts", marie, rights=())
    assert "not a forum" in refusal(telegram, "createForumTopic", chat_id=group.id, name="a")
    assert "not enough rights to create" in refusal(telegram, "createForumTopic", chat_id=room.id, name="a")
