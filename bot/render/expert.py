"""What an expert reads: in one card all they need, and how to answer in one reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button, Capability
from bot.render import case, markup
from bot.render.card import Card, Rows, bullets, grouped, paragraphs
from helpdesk.cards import ERASED
from knowledge.entry import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.channel import Rendered

_THREAD_EXCERPT = 300  # characters of each earlier message


def assigned(card: Card) -> Rendered:
    """Give the question, who asks, what the library found, the date, and how to answer."""
    words = card.words
    return paragraphs(
        headline(card),
        card.known(f"notice.assigned.why_{card.data['why']}"),
        markup.quote(card.data["question"]),
        asker(card),
        evidence(card),
        _thread(card),
        followers(card),
        _next(card),
        buttons=(
            (answer_button(card), card.button(words("button.ask"), "ask")),
            (card.button(words("button.pass"), "pass"), card.ticket_page()),
        ),
    )


def reassigned(card: Card) -> Rendered:
    """Say that the question is no longer theirs, and whose it is or who answered it."""
    words, to = card.words, card.field("to")
    question = markup.excerpt(card.data["question"])
    if to:
        key = "notice.reassigned.answered" if card.data.get("answered") else "notice.reassigned.to"
        return paragraphs(words(key, number=card.ticket_id, question=question, to=to))
    return paragraphs(words("notice.reassigned.queue", number=card.ticket_id, question=question))


def member_replied(card: Card) -> Rendered:
    """Give the member's reply, with the question and the date."""
    words = card.words
    return paragraphs(
        f"**{words('notice.member_replied.title', number=card.ticket_id)}**",
        words("notice.member_replied.question", question=markup.excerpt(card.data["question"])),
        markup.quote(card.data["text"]),
        card.dated("notice.member_replied.due", "notice.member_replied.past"),
        _how_to_answer(card),
        buttons=_answer_or_open(card),
    )


def followed(card: Card) -> Rendered:
    """Say that somebody else asks the same and gets the same answer, which must therefore name nobody."""
    words = card.words
    return paragraphs(
        f"**{words('notice.followed.title', number=card.ticket_id)}**",
        words("notice.member_replied.question", question=markup.excerpt(card.data["question"])),
        words("notice.followed.words", follower=card.data["follower"]),
        markup.quote(card.data["text"]),
        words("notice.followed.next"),
        card.dated("notice.member_replied.due", "notice.member_replied.past"),
        buttons=_answer_or_open(card),
    )


def undeliverable(card: Card) -> Rendered:
    """Say that the answer reached nobody, and what can be done."""
    words = card.words
    return paragraphs(
        f"**{words('notice.undeliverable.title', number=card.ticket_id)}**",
        words("notice.undeliverable.question", question=markup.excerpt(card.data["question"])),
        words("notice.undeliverable.next"),
        words("notice.undeliverable.reason", reason=card.field("reason")) if card.field("reason") else None,
        buttons=((card.ticket_page(),),),
    )


def question_withdrawn(card: Card) -> Rendered:
    """Say that nothing is owed any more."""
    if card.data["question"] == ERASED:
        return paragraphs(card.words("notice.question_withdrawn.erased", number=card.ticket_id))
    question = markup.excerpt(card.data["question"])
    return paragraphs(card.words("notice.question_withdrawn.text", number=card.ticket_id, question=question))


def answered_by_member(card: Card) -> Rendered:
    """Say that another member's reply did: nothing is left to do."""
    question = markup.excerpt(card.data["question"])
    return paragraphs(card.words("notice.answered_by_member.text", number=card.ticket_id, question=question))


def offer_entry(card: Card) -> Rendered:
    """Offer to make the answer an entry of the library."""
    words = card.words
    question = markup.excerpt(card.data["question"])
    return paragraphs(
        words("notice.offer_entry.text", number=card.ticket_id, question=question),
        card.typed(words("notice.offer_entry.typed", number=card.ticket_id)),
        buttons=((card.button(words("button.propose"), "propose"),),),
    )


def entry_decided(card: Card) -> Rendered:
    """Tell what became of a proposed entry."""
    words, title = card.words, card.field("title")
    entry_id, taken = card.data["entry_id"], bool(card.data.get("as_said"))
    if not card.data["published"]:
        refused = "notice.entry_decided.refused_taken" if taken else "notice.entry_decided.refused"
        return paragraphs(words(refused, title=title))
    rows: Rows = ((Button(words("button.entry"), f"entry:{entry_id}"),),) if entry_id else ()
    published = "notice.entry_decided.published_taken" if taken else "notice.entry_decided.published"
    return paragraphs(words(published, title=title), buttons=rows)


def reminder(card: Card) -> Rendered:
    """Remind of the date: the assignee to answer, the lead and the coordinators to watch."""
    words, data = card.words, card.data
    mine = data["audience"] == "assignee"
    return paragraphs(
        words("notice.reminder.mine" if mine else "notice.reminder.watch", number=card.ticket_id, due=card.moment()),
        words("notice.reminder.question", question=markup.excerpt(data["question"])),
        " ".join(
            part
            for part in (
                words("notice.reminder.percent", percent=data["percent"]),
                None if mine else holder(card),
                skipped(card),
            )
            if part
        ),
        _how_to_answer(card) if mine else None,
        buttons=_answer_or_open(card) if mine else ((card.ticket_page(),),),
    )


def answer_button(card: Card) -> Button:
    """Return the button that begins an answer."""
    return card.button(card.words("button.answer"), "answer")


def holder(card: Card) -> str:
    """Say who has the question now."""
    assignee = card.field("assignee")
    return card.words("notice.holder.person", assignee=assignee) if assignee else card.words("notice.holder.nobody")


def skipped(card: Card) -> str | None:
    """Say which earlier reminders this one stands for."""
    percents = card.data.get("skipped") or []
    listed = card.words("common.and").join(card.words("common.percent", percent=percent) for percent in percents)
    return card.words.plural("notice.reminder.skipped", len(percents), listed=listed) if percents else None


def headline(card: Card) -> str:
    """Return the number and the date, in bold."""
    number = card.ticket_id
    dated = card.dated("notice.assigned.title", "notice.assigned.title_past", number=number)
    return f"**{dated or card.words('notice.assigned.title_paused', number=number)}**"


def asker(card: Card) -> str | None:
    """Say who asks, the structure and never the person, and what they say of their case."""
    words, data = card.words, card.data
    who = card.field("organisation") or words("notice.assigned.no_organisation")
    population = data.get("population")
    details = [
        card.field("organisation_kind"),
        words("notice.assigned.population", population=grouped(population, words)) if population else None,
    ]
    told = case.in_one_line(data.get("context", {}), words)
    known = ", ".join(detail for detail in details if detail)
    theme = card.label("theme_label")
    return bullets(
        (
            words("notice.assigned.from", who=f"{who} ({known})" if known else who),
            words("notice.assigned.theme", theme=theme) if theme else None,
            words("notice.assigned.asked", asked=card.moment("asked_at")),
            words("notice.assigned.context", case=told) if told else None,
        ),
    )


def evidence(card: Card) -> str:
    """Say why the library did not answer, and the nearest entries it has."""
    words = card.words
    why = card.known(f"reason.{card.data['reason']}")
    found = bullets(markup.escape(entry["title"]) for entry in card.data["evidence"])
    if found is None:
        return why or words("notice.assigned.nothing_found")
    return "\n\n".join(part for part in (why, words("notice.assigned.found"), found) if part)


def followers(card: Card, *, said: bool = True) -> str | None:
    """Say who else asks the same, in their words, and that the answer goes to them too; ``said``: what they added."""
    words, joined = card.words, card.data.get("followers", [])
    lines = []
    for item in joined:
        number = words("notice.assigned.follower", number=item["ticket"])
        asked = f"{number} {markup.excerpt(item['question'], _THREAD_EXCERPT)}"
        since = _said(card, item.get("messages", ())) if said else ()
        lines.append("\n".join((asked, *(f"  - {line}" for line in since))))
    listed = bullets(lines)
    return f"{words.plural('notice.assigned.followers', len(joined))}\n\n{listed}" if listed else None


def _thread(card: Card) -> str | None:
    lines = bullets(_said(card, card.data["messages"]))
    return f"{card.words('notice.assigned.thread')}\n\n{lines}" if lines else None


def _said(card: Card, messages: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Give the beginning of each message, and who wrote it."""
    words = card.words
    said = {
        "member": words("notice.assigned.said_member"),
        "expert": words("notice.assigned.said_expert"),
        "note": words("notice.assigned.said_note"),
        "reply": words("notice.assigned.said_reply"),
    }
    for message in messages:
        who = said.get(message["kind"]) or said[message["from"]]
        yield f"{who} {markup.excerpt(_read(message), _THREAD_EXCERPT)}"


def _read(message: Mapping[str, str]) -> str:
    """Return what is read of a message: experts write Markdown, members what they mean."""
    return plain(message["text"]) if message["from"] == "expert" and message["kind"] != "reply" else message["text"]


def _next(card: Card) -> str:
    """Say how to answer: by a reply in a chat, on the page, or by a command."""
    words = card.words
    if not card.pressable:
        return words("notice.assigned.typed", number=card.ticket_id)
    return words("notice.assigned.next_chat" if Capability.VIEWS in card.capabilities else "notice.assigned.next")


def _how_to_answer(card: Card) -> str | None:
    return card.typed(card.words("notice.answer_typed", number=card.ticket_id))


def _answer_or_open(card: Card) -> Rows:
    ask = card.button(card.words("button.ask"), "ask")
    return ((answer_button(card), ask), (card.ticket_page(),))
