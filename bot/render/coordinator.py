"""What the coordinator reads, and the alerts that experts and coordinators share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from bot.render import markup
from bot.render.card import Card, bullets, paragraphs
from bot.render.expert import answer_button, holder
from bot.render.member import channel_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channel import Button, Rendered

_MOST_LISTED = 20
_MOST_OPENED = 5  # questions of a digest that have their button
_COUNTS = ("late", "at_risk", "unassigned", "waiting", "dead")


def breach(card: Card) -> Rendered:
    """Say that the promise is broken and who can still act."""
    words, mine = card.words, card.data["audience"] == "assignee"
    return paragraphs(
        _repeat(card),
        f"**{words('notice.breach.title', number=card.ticket_id)}**",
        words("notice.breach.due", due=card.moment(), question=markup.excerpt(card.data["question"])),
        words("notice.breach.mine") if mine else f"{holder(card)} {words('notice.breach.watch')}",
        card.typed(_what_to_type(card)),
        buttons=((answer_button(card),), (card.ticket_page(),)) if mine else ((card.ticket_page(),),),
    )


def escalation(card: Card) -> Rendered:
    """Say that a broken promise is still unanswered."""
    words = card.words
    return paragraphs(
        _repeat(card),
        f"**{words('notice.escalation.title', number=card.ticket_id)}**",
        words("notice.breach.due", due=card.moment(), question=markup.excerpt(card.data["question"])),
        f"{words('notice.escalation.percent', percent=card.data['percent'])} {holder(card)}",
        card.typed(_what_to_type(card)),
        buttons=((card.ticket_page(),),),
    )


def digest(card: Card) -> Rendered:
    """Gather several alerts in one message."""
    words, items = card.words, card.data["items"]
    lines = [_digest_line(card, item) for item in items[:_MOST_LISTED]]
    more = len(items) - _MOST_LISTED
    questions = list(dict.fromkeys(item["ticket"] for item in items))
    return paragraphs(
        words.plural("notice.digest.intro", len(items)),
        bullets(lines),
        words.plural("notice.digest.more", more) if more > 0 else None,
        buttons=tuple((card.ticket_page(number),) for number in questions[:_MOST_OPENED]),
    )


def unassigned(card: Card) -> Rendered:
    """Say that a question found no expert."""
    words, theme = card.words, card.label("theme_label")
    return paragraphs(
        f"**{_without_expert(card)}**",
        markup.quote(card.data["question"]),
        words("notice.unassigned.theme", theme=theme) if theme else words("notice.unassigned.no_theme"),
        card.typed(words("notice.unassigned.typed", number=card.ticket_id)),
        buttons=((card.ticket_page(),),),
    )


def summary(card: Card) -> Rendered:
    """Give the morning's state; one line when there is nothing to say."""
    words, data = card.words, card.data
    day = words.day(dt.date.fromisoformat(data["day"]))
    counts = [_count(card, name) for name in _COUNTS if data[name]]
    if not counts and not data["open"] and not data["due_today"]:
        return paragraphs(words("notice.summary.quiet", day=day[:1].upper() + day[1:]))
    today = [
        words(
            "notice.summary.due_line",
            number=item["ticket"],
            time=words.time(dt.datetime.fromisoformat(item["due_at"])),
            question=markup.excerpt(item["question"]),
        )
        for item in data["due_today"][:_MOST_LISTED]
    ]
    none_due = "notice.summary.none_else" if data["late"] else "notice.summary.none_due"
    return paragraphs(
        f"**{words('notice.summary.title', day=day)}**",
        bullets([words.plural("notice.summary.open", data["open"]), *counts]),
        f"{words('notice.summary.due_today')}\n\n{bullets(today)}" if today else words(none_due),
        card.typed(words("notice.summary.typed")),
        buttons=((_board(card),),),
    )


def dead_letter(card: Card) -> Rendered:
    """Say that somebody could not be told something."""
    words = card.words
    return paragraphs(
        words(
            "notice.dead_letter.text",
            person=card.field("person"),
            channel=channel_name(card, card.data["channel"]),
            what=words(f"kind.{card.data['kind']}"),
        ),
        words("notice.dead_letter.question", number=card.ticket_id) if card.ticket_id else None,
        words("notice.dead_letter.reason", error=card.field("error")) if card.field("error") else None,
        buttons=((_board(card),),),
    )


def entry_proposed(card: Card) -> Rendered:
    """Say that an entry waits for review."""
    words, candidate = card.words, card.data["candidate"]
    key = "notice.entry_proposed.taken" if card.data.get("as_said") else "notice.entry_proposed.text"
    review = card.page(words("button.candidate"), f"candidate:{candidate}", f"/candidates/{candidate}")
    return paragraphs(
        words(key, author=card.field("author"), title=card.field("title")),
        buttons=((review,),),
    )


def _repeat(card: Card) -> str | None:
    return f"*{card.words('notice.maybe_repeat')}*" if card.data.get("maybe_repeat") else None


def _without_expert(card: Card) -> str:
    number = card.ticket_id
    dated = card.dated("notice.unassigned.title", "notice.unassigned.title_past", number=number)
    return dated or card.words("notice.unassigned.title_paused", number=number)


def _what_to_type(card: Card) -> str:
    """Return what the reader can do: an expert or a lead answers, a coordinator may also reassign and excuse."""
    coordinates = card.data["audience"] == "coordinator"
    return card.words("notice.breach.typed" if coordinates else "notice.answer_typed", number=card.ticket_id)


def _digest_line(card: Card, item: Mapping[str, Any]) -> str:
    words = card.words
    key = f"notice.digest.{item['kind']}"
    what = words(key, percent=item["percent"]) if words.has(key) else words(f"kind.{item['kind']}")
    due = words.moment(dt.datetime.fromisoformat(item["due_at"])) if item["due_at"] else None
    question = markup.excerpt(item["question"])
    if due is None:
        return words("notice.digest.line_paused", number=item["ticket"], what=what, question=question)
    return words("notice.digest.line", number=item["ticket"], what=what, due=due, question=question)


def _count(card: Card, name: str) -> str:
    return card.words.plural(f"notice.summary.{name}", card.data[name])


def _board(card: Card) -> Button:
    return card.page(card.words("button.board"), "board", "/board")
