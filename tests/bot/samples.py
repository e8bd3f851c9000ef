"""A rich sample of every kind of notice, with the variants whose wording differs: the data of the golden texts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from helpdesk.notices import NoticeKind as K

if TYPE_CHECKING:
    from collections.abc import Iterator

DUE = "2026-04-30T14:00:00+00:00"  # Thursday 30 April, 16:00 in Paris
TOLD = dt.datetime(2026, 4, 28, 8, tzinfo=dt.UTC)  # when the samples are told: Tuesday 28 April, 10:00 in Paris
PAST = "2026-04-27T14:00:00+00:00"  # Monday 27 April, 16:00 in Paris
LATER = "2026-05-05T15:30:00+00:00"  # Tuesday 5 May, 17:30 in Paris
QUESTION = "On peut exiger un label *précis* pour nos fournitures de bureau ? c'est pour un MAPA de 40 k€ HT"
SHORT = "On peut exiger un label précis ?"
THEME = {"fr": "Juridique", "en": "Legal"}
ANSWER = """Oui, à **deux conditions** :

1. les caractéristiques du label sont liées à l'objet du marché ;
2. vous acceptez les labels équivalents (art. R2111-12 du Code de la commande publique).

Clause à reprendre : « Écolabel européen *ou équivalent* »."""


def _entry(*, doubtful: bool) -> dict[str, Any]:
    return {
        "id": "faq-exiger-label",
        "title": "Ai-je le droit d'exiger un écolabel précis dans mon marché ?",
        "summary": "Oui, à deux conditions : les caractéristiques attendues du label sont liées à l'objet du marché, "
        "et vous acceptez les labels équivalents.",
        "doubtful": doubtful,
        "sources": ["Code de la commande publique (Légifrance)", "CJUE"],
        "verified": None if doubtful else "2026-11-22",
    }


_OTHERS = [
    {"rank": 1, "id": "metho-sourcing", "title": "Faire un sourcing avant de rédiger"},
    {"rank": 3, "id": "texte-labels-ccp", "title": "Labels et preuves : ce que dit le Code"},
]
_SUGGESTED = [
    {"rank": 1, "id": "faq-exiger-label", "title": "Ai-je le droit d'exiger un écolabel précis ?", "doubtful": True},
    {"rank": 2, "id": "texte-labels-ccp", "title": "Labels et preuves : ce que dit le Code", "doubtful": False},
    {"rank": 3, "id": "metho-sourcing", "title": "Faire un sourcing avant de rédiger", "doubtful": False},
]
_CLOSED = {"detail": "pont de l'Ascension", "first_day": "2026-05-14", "last_day": "2026-05-15"}
_LABEL = {"id": "faq-exiger-label", "title": "Exiger un *label*"}
_ACKNOWLEDGED = {
    "due_at": DUE,
    "late": False,
    "days_off": False,
    "reason": "experts",
    "theme": "juridique",
    "theme_label": THEME,
    "wanted": [],
}
_ANSWERED = {"text": ANSWER, "expert": "Claire Martin", "by_hand": False, "question": QUESTION, "again": False}
_REPLY = {
    "text": "Chez nous, c'est passé avec « ou *équivalent* ».\nVoir notre CCTP.",
    "person": "Paul Durand",
    "expert": "Claire Martin",
    "question": QUESTION,
}
_ASSIGNED = {
    "question": QUESTION,
    "organisation": "Saint-Aubin-des-Bois",
    "organisation_kind": "commune",
    "population": 3200,
    "theme_label": THEME,
    "asked_at": "2026-04-27T14:00:00+00:00",
    "due_at": DUE,
    "assignee": "Claire Martin",
    "evidence": [
        {"id": "faq-exiger-label", "title": "Ai-je le droit d'exiger un écolabel précis ?", "score": 0.61},
        {"id": "texte-labels-ccp", "title": "Labels et preuves : ce que dit le Code", "score": 0.58},
    ],
    "reason": "close_call",
    "context": {"family": "papier", "amount": 40000, "procedure": "mapa", "deadline": "2026-05-15"},
    "why": "routing",
    "messages": [],
    "followers": [],
}
_BARE: dict[str, Any] = {
    "organisation": None,
    "organisation_kind": None,
    "population": None,
    "theme_label": None,
    "evidence": [],
    "reason": "nothing_near",
    "context": {},
    "due_at": None,
    "why": "reopened",
    "messages": [
        {"from": "expert", "kind": "asks_member", "text": "Quelle **procédure** envisagez-vous ?"},
        {"from": "member", "kind": "followup", "text": "Une procédure adaptée,\nsans lots."},
        {"from": "expert", "kind": "note", "text": "Vérifier le seuil."},
    ],
}
_REMINDER = {
    "percent": 75,
    "skipped": [50],
    "due_at": DUE,
    "question": QUESTION,
    "audience": "assignee",
    "assignee": "Claire Martin",
}
_BREACH = {
    "due_at": DUE,
    "breach_at": "2026-04-30T14:00:00+00:00",
    "question": QUESTION,
    "audience": "assignee",
    "assignee": "Claire Martin",
    "maybe_repeat": False,
}
_ESCALATION = {
    "percent": 125,
    "due_at": DUE,
    "question": QUESTION,
    "audience": "coordinator",
    "assignee": None,
    "maybe_repeat": True,
}
_STATUS = [
    {"id": 42, "question": QUESTION, "state": "assigned", "due_at": DUE, "late": False, "paused": False},
    {"id": 43, "question": "Seuil DECP ?", "state": "assigned", "due_at": DUE, "late": True, "paused": False},
    {
        "id": 44,
        "question": "Clause sociale, combien ?",
        "state": "waiting",
        "due_at": None,
        "late": False,
        "paused": True,
    },
    {"id": 45, "question": "Bonjour", "state": "received", "due_at": DUE, "late": False, "paused": False},
    {"id": 46, "question": "Le bio en cantine", "state": "suggested", "due_at": DUE, "late": False, "paused": False},
    {"id": 47, "question": "Vélos", "state": "answered", "due_at": None, "late": False, "paused": False},
]
_DIGEST = [
    {"ticket": 42, "kind": "reminder", "percent": 75, "due_at": DUE, "question": QUESTION},
    {"ticket": 43, "kind": "breach", "percent": None, "due_at": DUE, "question": "Seuil DECP ?"},
    {"ticket": 44, "kind": "escalation", "percent": 125, "due_at": DUE, "question": "Clause sociale, combien ?"},
]
_SUMMARY = {
    "day": "2026-04-30",
    "open": 7,
    "late": 1,
    "at_risk": 2,
    "waiting": 1,
    "unassigned": 0,
    "dead": 1,
    "due_today": [{"ticket": 42, "question": QUESTION, "due_at": DUE}],
}
_QUIET = {**dict.fromkeys(("open", "late", "at_risk", "waiting", "unassigned", "dead"), 0), "day": "2026-04-30"}

_FILES = [
    {"id": 12, "name": "lettre du candidat.pdf", "media_type": "application/pdf", "size": 245_000},
    {"id": 13, "name": "photo-8.jpg", "media_type": "image/jpeg", "size": 3_400_000},
]

Sample = tuple[K, str, dict[str, Any], int | None]


def samples() -> Iterator[Sample]:
    """Give (kind, variant, data, ticket id): at least one for every kind."""
    for kind, variants in SAMPLES.items():
        for variant, data in variants.items():
            yield kind, variant, data, None if kind in _ABOUT_NO_TICKET else 42


_ABOUT_NO_TICKET = {
    K.thanks, K.status, K.withdraw_which, K.digest, K.summary, K.entry_decided, K.entry_proposed, K.audit_finding,
}  # fmt: skip

SAMPLES: dict[K, dict[str, dict[str, Any]]] = {
    K.answer_found: {
        "checked": {"entry": _entry(doubtful=False), "others": []},
        "doubtful": {"entry": _entry(doubtful=True), "others": _OTHERS},
    },
    K.suggestions: {
        "three": {"entries": _SUGGESTED, "due_at": DUE},
        "one": {"entries": _SUGGESTED[:1], "due_at": None},
        "past": {"entries": _SUGGESTED, "due_at": PAST},
        "not treated": {"entries": _SUGGESTED, "due_at": DUE, "reason": "not_treated"},
        "one, not treated": {"entries": _SUGGESTED[:1], "due_at": DUE, "reason": "not_treated"},
    },
    K.clarify: {reason: {"reason": reason} for reason in ("greeting", "too_vague", "empty")},
    K.redirected: {"": {}},
    K.acknowledged: {
        **{
            reason: {**_ACKNOWLEDGED, "reason": reason}
            for reason in ("experts", "asked", "silence", "reopened", "alone")
        },
        "something would help": {**_ACKNOWLEDGED, "wanted": ["amount", "procedure", "stage"]},
        "one thing would help": {**_ACKNOWLEDGED, "wanted": ["stage"]},
        "something to read": {**_ACKNOWLEDGED, "meanwhile": _LABEL | {"doubtful": False}},
        "something doubtful to read": {**_ACKNOWLEDGED, "meanwhile": _LABEL | {"doubtful": True}},
        "days off": {**_ACKNOWLEDGED, "days_off": True},
        "late": {**_ACKNOWLEDGED, "reason": "silence", "due_at": PAST, "late": True},
        "insisted": {"due_at": LATER, "late": False, "reason": "insisted", "theme": None, "theme_label": None},
    },
    K.joined: {
        "due": {"due_at": DUE, "state": "assigned"},
        "past": {"due_at": PAST, "state": "assigned"},
        "no date": {"due_at": None, "state": "answered"},
    },
    K.several_questions: {
        "": {"questions": [{"ticket": 42, "question": SHORT}, {"ticket": 43, "question": "Quel papier *recyclé* ?"}]}
    },
    K.me_too: {
        "public": {"twin": 41, "question": SHORT, "theme_label": THEME, "due_at": DUE},
        "private": {"twin": 41, "question": None, "theme_label": THEME, "due_at": DUE},
        "past": {"twin": 41, "question": SHORT, "theme_label": THEME, "due_at": PAST},
        "private, paused, no theme": {"twin": 41, "question": None, "theme_label": None, "due_at": None},
    },
    K.earlier_answer: {
        "public": {
            "twin": 41,
            "question": SHORT,
            "theme_label": THEME,
            "text": ANSWER,
            "entry": None,
            "answered_at": DUE,
        },
        "an entry": {
            "twin": 41,
            "question": None,
            "theme_label": THEME,
            "text": None,
            "entry": {"id": "faq-exiger-label", "title": "Ai-je le droit d'exiger un écolabel précis ?"},
            "answered_at": DUE,
        },
    },
    K.following: {
        "running": {"expected_at": DUE, "due_at": LATER},
        "past": {"expected_at": PAST, "due_at": LATER},
        "paused": {"expected_at": None, "due_at": LATER},
    },
    K.date_moved: {
        "resumed": {"due_at": LATER, "previous": DUE, "reason": "resumed", "detail": None},
        "closure": {"due_at": LATER, "previous": DUE, "reason": "closure", **_CLOSED},
        "closure of a day": {
            "due_at": LATER,
            "previous": DUE,
            "reason": "closure",
            **_CLOSED,
            "last_day": "2026-05-14",
        },
        "closure, no detail nor days": {"due_at": LATER, "previous": None, "reason": "closure", "detail": None},
        "reopened": {"due_at": DUE, "previous": LATER, "reason": "reopened", **_CLOSED},
        "several": {
            "questions": [
                {"ticket": 42, "question": QUESTION, "due_at": DUE},
                {"ticket": 43, "question": SHORT, "due_at": LATER},
            ],
            "reason": "closure",
            **_CLOSED,
        },
        "reopened, no detail nor days": {"due_at": DUE, "previous": LATER, "reason": "reopened", "detail": None},
    },
    K.expert_asks: {
        "": {"text": "Quel est le **montant** estimé, reconductions comprises ?", "question": QUESTION, "files": []},
        "with a file": {"text": "Complétez ce tableau.", "question": QUESTION, "files": _FILES[:1]},
    },
    K.answered: {
        "first": _ANSWERED,
        "again": {**_ANSWERED, "again": True, "text": "Pensez aussi à l'article R2111-15."},
        "by hand": {**_ANSWERED, "by_hand": True, "text": "Oui, avec « ou équivalent »."},
        "with files": {**_ANSWERED, "text": "Voici un modèle de réponse.", "files": _FILES},
    },
    K.reply_accepted: {
        "": {**_REPLY, "files": []},
        "with a file": {**_REPLY, "files": _FILES[:1]},
    },
    K.late: {
        "with an expert": {"due_at": DUE, "question": QUESTION, "next": "expert"},
        "with the answer": {"due_at": DUE, "question": QUESTION, "next": "answer"},
        "with the coordinators": {"due_at": DUE, "question": QUESTION, "next": "coordinators"},
    },
    K.pointer: {"known channel": {"channel": "web"}, "other channel": {"channel": "fax"}},
    K.thanks: {"": {}},
    K.status: {
        "several": {"tickets": _STATUS},
        "one": {"tickets": _STATUS[:1]},
        "past": {"tickets": [{**_STATUS[0], "due_at": PAST}]},
        "none": {"tickets": []},
    },
    K.confirmed: {by: {"by": by} for by in ("library", "expert", "member")},
    K.rated: {"": {"stars": 4}},
    K.withdraw_which: {
        "": {"tickets": [{"id": item["id"], "question": item["question"]} for item in _STATUS[:2]]},
        "many": {"tickets": [{"id": item["id"], "question": item["question"]} for item in reversed(_STATUS)]},
    },
    K.withdrawn: {"": {"question": QUESTION}},
    K.thanked: {f"by the {by}": {"question": QUESTION, "by": by} for by in ("member", "expert")},
    K.assigned: {
        "rich": _ASSIGNED,
        "reassigned": {**_ASSIGNED, "why": "reassigned", "reason": "price"},
        "absence": {**_ASSIGNED, "why": "absence", "reason": "a_reason_not_yet_worded"},
        "bare": {**_ASSIGNED, **_BARE},
        "past": {**_ASSIGNED, "why": "reassigned", "due_at": PAST},
        "with files": {**_ASSIGNED, "files": _FILES},
        "asked by others": {
            **_ASSIGNED,
            "followers": [
                {
                    "ticket": 43,
                    "question": SHORT,
                    "messages": [{"from": "member", "kind": "followup", "text": "Le montant est de 90 000 €."}],
                },
                {"ticket": 44, "question": "Exiger *un* label ?"},  # as it was told before messages were
            ],
        },
    },
    K.reassigned: {
        "to somebody": {"question": QUESTION, "to": "Karim Haddad", "answered": False},
        "answered by somebody": {"question": QUESTION, "to": "Karim Haddad", "answered": True},
        "to the queue": {"question": QUESTION, "to": None, "answered": False},
    },
    K.member_replied: {
        "due": {"text": "40 000 € HT\nsur 3 ans", "question": QUESTION, "due_at": DUE},
        "past": {"text": "40 000 € HT", "question": QUESTION, "due_at": PAST},
        "no date": {"text": "Merci de rouvrir", "question": QUESTION, "due_at": None},
        "with a file": {"text": "Voici la lettre.", "question": QUESTION, "due_at": DUE, "files": _FILES[:1]},
    },
    K.reminder: {
        "assignee": _REMINDER,
        "lead": {**_REMINDER, "audience": "lead", "skipped": []},
        "coordinator": {**_REMINDER, "audience": "coordinator", "percent": 90, "skipped": [50, 75], "assignee": None},
    },
    K.followed: {"": {"question": QUESTION, "follower": 43, "text": SHORT, "due_at": DUE}},
    K.undeliverable: {"": {"question": QUESTION, "reason": "bot was blocked by the user"}},
    K.question_withdrawn: {"": {"question": QUESTION}},
    K.answered_by_member: {"": {"question": QUESTION}},
    K.offer_entry: {"": {"question": QUESTION}},
    K.entry_decided: {
        "published": {"published": True, "title": "Exiger un label", "entry_id": "faq-exiger-label-2"},
        "refused": {"published": False, "title": "Exiger un label", "entry_id": None},
        "published, as said": {
            "published": True,
            "title": "Exiger un label",
            "entry_id": "faq-exiger-label-2",
            "as_said": True,
        },
        "refused, as said": {"published": False, "title": "Exiger un label", "entry_id": None, "as_said": True},
    },
    K.breach: {
        "assignee": _BREACH,
        "lead": {**_BREACH, "audience": "lead"},
        "coordinator, repeated": {**_BREACH, "audience": "coordinator", "assignee": None, "maybe_repeat": True},
    },
    K.escalation: {
        "nobody, repeated": _ESCALATION,
        "with somebody": {**_ESCALATION, "assignee": "Claire Martin", "maybe_repeat": False},
        "to the lead": {**_ESCALATION, "assignee": "Claire Martin", "audience": "lead", "maybe_repeat": False},
    },
    K.digest: {"several": {"items": _DIGEST}, "many": {"items": _DIGEST * 8}, "one": {"items": _DIGEST[:1]}},
    K.unassigned: {
        "theme": {"question": QUESTION, "theme_label": THEME, "due_at": DUE},
        "past": {"question": QUESTION, "theme_label": THEME, "due_at": PAST},
        "no theme, paused": {"question": QUESTION, "theme_label": None, "due_at": None},
    },
    K.summary: {
        "busy": _SUMMARY,
        "calm": {**_SUMMARY, "late": 0, "at_risk": 0, "waiting": 0, "dead": 0, "due_today": []},
        "quiet": {**_QUIET, "due_today": []},
    },
    K.dead_letter: {
        "": {"kind": "answered", "channel": "telegram", "error": "403: bot was blocked", "person": "Paul Durand"},
    },
    K.entry_proposed: {
        "": {"candidate": 7, "title": "Exiger un label", "author": "Claire Martin", "as_said": False},
        "taken": {"candidate": 7, "title": "Exiger un label", "author": "Paul Durand", "as_said": True},
    },
    K.audit_finding: {
        "known": {"code": "holidays_not_signed", "detail": {"signed_until": "2026-12-31"}},
        "other": {"code": "something_new", "detail": {"ticket": 42}},
        "mismatch": {
            "code": "due_mismatch",
            "detail": {"ticket": 42, "cycle": 1, "stored": None, "recomputed": DUE},
        },
        "more": {"code": "due_mismatch", "detail": {"others": 12}},
        "stuck": {"code": "outbox_stuck", "detail": {"channel": "telegram", "count": 3, "oldest": DUE}},
        "gone": {"code": "discord_server_gone", "detail": {"number": 123456789}},
        "refused": {"code": "room_refused", "detail": {"channel": "discord", "reason": "403: *Missing* Permissions"}},
    },
}
