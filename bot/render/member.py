"""What a member reads. Never "ticket", a theme's id or a raw key: « votre question n° 42 »."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.channel import Button, Capability
from bot.render import case, markup
from bot.render.card import Card, Rows, bullets, full_day, paragraphs
from helpdesk.notices import MOST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channel import Rendered

_LABEL_LENGTH = 60  # characters: what a phone shows of a button


def answer_found(card: Card) -> Rendered:
    """Show the library's answer: title, short answer, doubt, source and date, then what to do if it does not help."""
    words, entry = card.words, card.data["entry"]
    others = card.data["others"]
    buttons = (
        (card.button(words("button.solved"), "solved"),),
        (_human(card),),
        (Button(words("button.entry"), f"entry:{entry['id']}"),),
        *((_choice(card, other),) for other in others),
    )
    return paragraphs(
        f"**{markup.escape(entry['title'])}**",
        markup.escape(entry["summary"]),
        f"**{words('notice.answer_found.doubt')}**" if entry["doubtful"] else None,
        _source_line(card, entry),
        words("notice.answer_found.others") if others else None,
        _others(others),
        words("notice.answer_found.next") if card.pressable else words("notice.answer_found.typed"),
        card.typed(words("notice.answer_found.typed_others")) if others else None,
        buttons=buttons,
    )


def suggestions(card: Card) -> Rendered:
    """Offer the nearest entries to choose from, and say what the first lacks; without a choice an expert answers."""
    words, entries = card.words, card.data["entries"]
    lacking = f"notice.suggestions.{card.data.get('reason')}"
    return paragraphs(
        _titles(
            words.plural("notice.suggestions.intro", len(entries)), [_with_doubt(card, entry) for entry in entries]
        ),
        words.plural(lacking, len(entries)) if words.has(lacking) else None,
        card.typed(words.plural("notice.suggestions.typed", len(entries))),
        card.dated("notice.suggestions.silence", "notice.suggestions.silence_past"),
        buttons=(*((_choice(card, entry),) for entry in entries), (_human(card),)),
    )


def clarify(card: Card) -> Rendered:
    """Ask one short question to a message that holds none."""
    return paragraphs(card.words(f"notice.clarify.{card.data['reason']}"))


def redirected(card: Card) -> Rendered:
    """Say kindly that it is not the network's business; a human stays one press away."""
    words = card.words
    return paragraphs(
        words("notice.redirected.text"),
        words("notice.redirected.next") if card.pressable else words("notice.redirected.typed"),
        buttons=((_human(card),),),
    )


def acknowledged(card: Card) -> Rendered:
    """Say who answers and by when, what does not count on the way, what would help and what to read meanwhile."""
    words, due, entry = card.words, card.moment(), card.data.get("meanwhile")
    theme = card.label("theme_label")
    wanted = case.wanted(card.data.get("wanted", ()), words)
    who = words("notice.acknowledged.expert_of", theme=theme) if theme else words("notice.acknowledged.expert")
    taken = words(f"notice.acknowledged.{card.data['reason']}", number=card.ticket_id)
    if card.data.get("late"):
        return paragraphs(taken, words("notice.acknowledged.late", who=who))
    form: Rows = ((card.button(words("button.context"), "context"),),) if Capability.FORMS in card.capabilities else ()
    told = paragraphs(
        taken,
        words("notice.acknowledged.promise", who=who, due=due) if due else None,
        words("notice.acknowledged.days_off") if card.data.get("days_off") else None,
        words("notice.acknowledged.wanted", wanted=wanted) if wanted else None,
        words("notice.acknowledged.meanwhile", title=markup.escape(entry["title"]), doubt=_doubt(card, entry))
        if entry
        else None,
        buttons=(*form, *(((Button(words("button.entry"), f"entry:{entry['id']}"),),) if entry else ())),
    )
    return replace(told, among_others=words("notice.acknowledged.among_others")) if wanted else told


def joined(card: Card) -> Rendered:
    """Say which question the follow-up went to, and its date."""
    return paragraphs(
        card.words("notice.joined.text", number=card.ticket_id),
        card.dated("notice.joined.due", "notice.joined.past"),
    )


def several_questions(card: Card) -> Rendered:
    """Say that a message holds several questions, each with its number: each is answered apart."""
    words, questions = card.words, card.data["questions"]
    lines = (
        words("notice.several_questions.line", number=item["ticket"], question=markup.excerpt(item["question"]))
        for item in questions
    )
    return paragraphs(words("notice.several_questions.text", count=len(questions)), bullets(lines))


def me_too(card: Card) -> Rendered:
    """Offer to join a question that the experts have already: its words only where they were said in public."""
    words, question = card.words, card.field("question")
    theme = card.label("theme_label")
    return paragraphs(
        words("notice.me_too.public") if question else _very_close(card, theme),
        markup.quote(card.data["question"]) if question else None,
        card.dated("notice.me_too.due", "notice.me_too.past"),
        words("notice.me_too.next", number=card.ticket_id)
        if card.pressable
        else words("notice.me_too.typed", number=card.ticket_id),
        buttons=((card.button(words("button.me_too"), "join"),),),
    )


def earlier_answer(card: Card) -> Rendered:
    """Show the answer that a very close question got, with its date: an expert's words, or the entry they became."""
    words, entry = card.words, card.data["entry"]
    day = words.day(dt.datetime.fromisoformat(card.data["answered_at"]).astimezone(words.zone).date())
    rows: Rows = ((card.button(words("button.solved"), "solved"),),)
    if entry:
        rows = (*rows, (Button(words("button.entry"), f"entry:{entry['id']}"),))
    return paragraphs(
        words("notice.earlier_answer.title", day=day),
        markup.quote(card.data["question"]) if card.data["question"] else None,
        f"**{markup.escape(entry['title'])}**" if entry else markup.quoted_markdown(card.data["text"]),
        words("notice.earlier_answer.next", number=card.ticket_id)
        if card.pressable
        else words("notice.earlier_answer.typed", number=card.ticket_id),
        buttons=rows,
    )


def following(card: Card) -> Rendered:
    """Say that one answer will serve both, when it is expected, and that their own date holds."""
    words = card.words
    same = card.data["due_at"] == card.data["expected_at"]
    return paragraphs(
        words("notice.following.text", number=card.ticket_id),
        card.dated("notice.following.expected", "notice.following.expected_past", "expected_at"),
        None if same else card.dated("notice.following.due", "notice.following.past"),
        card.typed(words("notice.following.typed")),
        buttons=((_human(card),),),
    )


def date_moved(card: Card) -> Rendered:
    """Say the new date, the former one and why it moved; or the new dates of several questions."""
    words = card.words
    reason, detail = card.data["reason"], card.field("detail")
    why = words(f"notice.date_moved.{reason}{'_for' if detail else ''}", detail=detail, when=_closed_on(card))
    if "questions" in card.data:
        lines = (
            words(
                "notice.date_moved.line",
                number=item["ticket"],
                question=markup.excerpt(item["question"]),
                due=words.moment(dt.datetime.fromisoformat(item["due_at"])),
            )
            for item in card.data["questions"]
        )
        return paragraphs(why, words("notice.date_moved.several"), bullets(lines))
    previous = card.moment("previous")
    return paragraphs(
        why,
        words("notice.date_moved.due", number=card.ticket_id, due=card.moment()),
        words("notice.date_moved.previous", previous=previous) if previous else None,
    )


def _closed_on(card: Card) -> str | None:
    """Return on which days the network was to be closed, if that is why; notices of former versions do not say."""
    words, undated = card.words, f"notice.date_moved.undated.{card.data['reason']}"
    if "first_day" not in card.data:
        return words(undated) if words.has(undated) else None
    first, last = (words.day(dt.date.fromisoformat(card.data[name])) for name in ("first_day", "last_day"))
    if first == last:
        return words("notice.date_moved.one_day", day=first)
    return words("notice.date_moved.days", first=first, last=last)


def expert_asks(card: Card) -> Rendered:
    """Pass on an expert's question, and say that the date waits for the reply."""
    words = card.words
    return paragraphs(
        words("notice.expert_asks.intro", number=card.ticket_id, question=markup.excerpt(card.data["question"])),
        markup.quoted_markdown(card.data["text"]),
        words("notice.expert_asks.next"),
    )


def answered(card: Card) -> Rendered:
    """Give an expert's answer, with the question it answers."""
    words = card.words
    expert, number = card.field("expert"), card.ticket_id
    if card.data["by_hand"]:
        title = words("notice.answered.by_hand", expert=expert, number=number)
    elif card.data["again"]:
        title = words("notice.answered.again", expert=expert, number=number)
    else:
        title = words("notice.answered.title", expert=expert, number=number)
    return paragraphs(
        f"**{title}**",
        words("notice.answered.asked", question=markup.excerpt(card.data["question"])),
        markup.experts(card.data["text"]),
        words("notice.answered.next") if card.pressable else words("notice.answered.typed"),
        buttons=((card.button(words("button.solved"), "solved"),),),
    )


def reply_accepted(card: Card) -> Rendered:
    """Give another member's reply that an expert vouches for, in its own words."""
    words = card.words
    title = words(
        "notice.reply_accepted.title", number=card.ticket_id, person=card.field("person"), expert=card.field("expert")
    )
    return paragraphs(
        f"**{title}**",
        words("notice.reply_accepted.asked", question=markup.excerpt(card.data["question"])),
        markup.quote(card.data["text"]),
        words("notice.answered.next") if card.pressable else words("notice.answered.typed"),
        buttons=((card.button(words("button.solved"), "solved"),),),
    )


def late(card: Card) -> Rendered:
    """Tell the member that the promise is broken, and what happens now."""
    words = card.words
    due, question = card.moment(), markup.excerpt(card.data["question"])
    return paragraphs(
        words("notice.late.text", number=card.ticket_id, question=question, due=due),
        words(f"notice.late.{card.data['next']}"),
    )


def pointer(card: Card) -> Rendered:
    """Say where the answer was put, to a member who went on writing elsewhere."""
    return paragraphs(
        card.words("notice.pointer.text", number=card.ticket_id, channel=channel_name(card, card.data["channel"])),
    )


def thanks(card: Card) -> Rendered:
    """Thank back."""
    return paragraphs(card.words("notice.thanks.text"))


def status(card: Card) -> Rendered:
    """Tell where each of the member's questions stands."""
    words, tickets = card.words, card.data["tickets"]
    if not tickets:
        return paragraphs(words("notice.status.nothing"))
    lines = [
        words(
            "notice.status.line",
            number=ticket["id"],
            question=markup.excerpt(ticket["question"]),
            where=_where_it_stands(card, ticket),
        )
        for ticket in tickets
    ]
    rows = tuple(
        (Button(words("button.question", number=ticket["id"]), f"ticket:{ticket['id']}"),)
        for ticket in tickets[:MOST_SHOWN]
    )
    return paragraphs(words.plural("notice.status.intro", len(tickets)), bullets(lines), buttons=rows)


def confirmed(card: Card) -> Rendered:
    """Thank for the verdict; an expert's answer can be rated."""
    words = card.words
    if card.data["by"] == "member":
        return paragraphs(words("notice.confirmed.member"))
    if card.data["by"] == "library":
        return paragraphs(words("notice.confirmed.library"))
    stars = tuple(card.button(words("button.rate", stars=stars), "rate", stars) for stars in range(1, 6))
    ask = words("notice.confirmed.rate") if card.pressable else words("notice.confirmed.typed")
    return paragraphs(words("notice.confirmed.expert"), ask, buttons=(stars,))


def rated(card: Card) -> Rendered:
    """Thank for the rating."""
    return paragraphs(card.words("notice.rated.text", stars=card.data["stars"]))


def withdraw_which(card: Card) -> Rendered:
    """Ask which of the open questions is taken back; those that no button is left for go by their numbers."""
    words, tickets = card.words, card.data["tickets"]
    shown, others = tickets[:MOST_SHOWN], tickets[MOST_SHOWN:]
    lines = [
        words("notice.withdraw_which.line", number=ticket["id"], question=markup.excerpt(ticket["question"]))
        for ticket in shown
    ]
    rows = tuple(
        (Button(words("notice.withdraw_which.button", number=ticket["id"]), f"withdraw:{ticket['id']}"),)
        for ticket in shown
    )
    more = words("notice.withdraw_which.more", number=others[0]["id"]) if others else None
    typed = card.typed(words("notice.withdraw_which.typed", number=tickets[0]["id"]))
    ask = words("notice.withdraw_which.one" if len(tickets) == 1 else "notice.withdraw_which.text")
    return paragraphs(ask, bullets(lines), more, typed, buttons=rows)


def withdrawn(card: Card) -> Rendered:
    """Confirm that nobody works on the question any more."""
    question = markup.excerpt(card.data["question"])
    return paragraphs(card.words("notice.withdrawn.text", number=card.ticket_id, question=question))


def thanked(card: Card) -> Rendered:
    """Thank whoever replied to another member's question: the reply did."""
    words, question = card.words, markup.excerpt(card.data["question"])
    by_expert = card.data["by"] == "expert"
    key = "notice.thanked.expert" if by_expert else "notice.thanked.member"
    return paragraphs(words(key, number=card.ticket_id, question=question), words("notice.thanked.library"))


def channel_name(card: Card, channel: str) -> str:
    """Return a channel as people call it; an unknown one keeps its own name."""
    key = f"channel.{channel}"
    return card.words(key) if card.words.has(key) else markup.escape(channel)


def _human(card: Card) -> Button:
    return card.button(card.words("button.human"), "human")


def _choice(card: Card, entry: Mapping[str, Any]) -> Button:
    label = f"{entry['rank']}. {markup.plain_excerpt(entry['title'], _LABEL_LENGTH)}"
    return card.button(label, "choose", entry["rank"])


def _very_close(card: Card, theme: str | None) -> str:
    words = card.words
    return words("notice.me_too.private_of", theme=theme) if theme else words("notice.me_too.private")


def _titles(intro: str, entries: list[dict[str, Any]]) -> str:
    lines = [f"{entry['rank']}. {markup.escape(entry['title'])}{entry.get('doubt', '')}" for entry in entries]
    return "\n".join([intro, "", *lines])


def _others(others: list[dict[str, Any]]) -> str:
    """Return the other entries by the numbers that choose them: in a list, whatever shows it counts them anew."""
    return "\n".join(rf"{other['rank']}\. {markup.escape(other['title'])}" for other in others)


def _with_doubt(card: Card, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "doubt": _doubt(card, entry)}


def _doubt(card: Card, entry: Mapping[str, Any]) -> str:
    return f" {card.words('notice.suggestions.doubt')}" if entry["doubtful"] else ""


def _source_line(card: Card, entry: Mapping[str, Any]) -> str | None:
    words = card.words
    sources = ", ".join(markup.escape(source) for source in entry["sources"])
    verified = entry["verified"] and full_day(dt.date.fromisoformat(entry["verified"]), words)
    parts = [
        words("notice.answer_found.source", sources=sources) if sources else None,
        words("notice.answer_found.verified", day=verified) if verified else None,
    ]
    line = " ".join(part for part in parts if part)
    return f"*{line}*" if line else None


def _where_it_stands(card: Card, ticket: Mapping[str, Any]) -> str:
    words = card.words
    due = words.moment(dt.datetime.fromisoformat(ticket["due_at"])) if ticket["due_at"] else None
    if ticket["paused"]:
        return words("notice.status.paused")
    if ticket["late"] and due:
        return words("notice.status.late", due=due)
    if ticket["state"] in {"queued", "assigned", "joined"} and due:
        return words("notice.status.past" if card.is_past(ticket["due_at"]) else "notice.status.due", due=due)
    return words(f"state.{ticket['state']}")
