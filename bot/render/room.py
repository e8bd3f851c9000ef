"""What an experts' room reads: the card that heads a question's topic, and what is said of it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button, Capability, FileRef, Rendered
from bot.render import markup
from bot.render.card import Card, paragraphs
from bot.render.expert import answer_button, asker, evidence, followers, headline, holder
from helpdesk.model import WITH_EXPERTS, MessageKind, State

if TYPE_CHECKING:
    from bot.words import Words
    from helpdesk.rooms import RoomMessage, RoomView

LONGEST_QUESTION = 1_800  # characters on the card: it is one message, edited in place


def card(
    view: RoomView, words: Words, capabilities: Capability = Capability.NONE, longest: int = LONGEST_QUESTION
) -> Rendered:
    """Return all that an expert needs to answer, and how.

    ``capabilities``: what the room has beside buttons; ``longest``: characters of the question.
    """
    shown = Card(
        view.card, view.line.id, words, capabilities | Capability.BUTTONS | Capability.VIEWS, None, view.read_at
    )
    open_now = view.line.state in WITH_EXPERTS
    whole = view.line.question
    text = whole if len(whole) <= longest else markup.plain_excerpt(whole, longest)
    return paragraphs(
        headline(shown) if open_now else f"**{words('telegram.card.title', number=view.line.id)}**",
        f"**{words('telegram.card.late')}**" if view.mark == "late" else None,
        markup.quote(text),
        asker(shown),
        evidence(shown) if open_now else None,
        followers(shown, said=False) if open_now else None,  # the card is one message
        holder(shown) if open_now else words(f"view.where.{view.line.standing}").capitalize() + ".",
        words("discord.card.how" if Capability.FORMS in capabilities else "chat.card.how") if open_now else None,
        buttons=_buttons(shown, view) if open_now else (),
    )


def message(said: RoomMessage, words: Words) -> Rendered:
    """Return something said of the question outside the room."""
    author = markup.escape(said.author or "")
    plain = said.author is None or said.kind is MessageKind.reply
    key = {
        MessageKind.answer: "chat.said.by_hand" if said.given_by_hand else "chat.said.answer",
        MessageKind.asks_member: "chat.said.asks",
        MessageKind.note: "chat.said.note",
        MessageKind.reply: "chat.said.reply",
    }.get(said.kind, "chat.said.member")
    body = markup.quote(said.text) if plain else markup.quoted_markdown(said.text)
    files = tuple(FileRef(**file) for file in said.files)
    return Rendered(f"**{words(key, author=author)}**\n\n{body}", files=files)


def _buttons(shown: Card, view: RoomView) -> tuple[tuple[Button, ...], ...]:
    words = shown.words
    take = shown.button(words("chat.button.take"), "take")
    ask = shown.button(words("button.ask"), "ask")
    theme = shown.button(words("chat.button.theme"), "theme")
    if Capability.FORMS in shown.capabilities:
        first = take if view.line.state is State.queued else shown.button(words("button.pass"), "pass")
        return ((answer_button(shown), ask, first), (theme, shown.ticket_page()))
    if view.line.state is State.queued:
        return ((take, ask), (theme, shown.ticket_page()))
    return ((shown.button(words("button.pass"), "pass"), ask), (theme, shown.ticket_page()))
