"""The catalogs are whole: the same keys and placeholders in every language, each key used, each use worded.

Keys made from a code at run time are listed in ``DYNAMIC`` with where the codes come from; every other key must be
written out in the Python or the templates that use it.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from bot.commands import COMMANDS
from bot.words import LOCALES
from helpdesk.audit import Code
from helpdesk.model import Resolution, State
from helpdesk.notices import NoticeKind
from knowledge.context import Family, Procedure, Stage, Structure
from knowledge.decision import Reason

BOT = Path(__file__).parents[2] / "bot"
DYNAMIC = {
    "errors.": "codes of helpdesk/errors.py and of what raises them (tests/bot/test_failures.py)",
    "state.": "helpdesk.model.State",
    "view.where.": "helpdesk.model.State",
    "kind.": "helpdesk.notices.NoticeKind",
    "knowledge.fault.": "codes of knowledge.errors.Fault (tests/knowledge/test_cli_knowledge.py)",
    "reason.": "knowledge.decision.Reason",
    "finding.": "helpdesk.audit.Code, and the sweep's failures (helpdesk.alerts.report_failure)",
    "channel.": "channels' names",
    "command.": "bot.commands.COMMANDS and channels' own commands",
    "context.": "knowledge.context.Context: its elements and their values",
    "notice.acknowledged.": "reasons of acknowledged notices",
    "notice.assigned.why_": "why of assigned notices",
    "notice.clarify.": "reasons of clarify notices",
    "notice.date_moved.": "reasons of date_moved notices",
    "notice.digest.": "kinds of a digest's items",
    "notice.late.": "next of late notices",
    "notice.suggestions.": "reasons of suggestions notices that say what the first entry lacks",
    "notice.summary.": "counts of summary notices",
    "console.done.": "canonical names of commands and verbs of buttons",
    "console.help.": "canonical names of commands",
    "console.write.": "verbs of buttons",
}
QUOTED = re.compile(r"""["']([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)["']""")
# The beginning of a key made at run time: an f-string up to its brace, or a template's string that ends with a dot.
MADE = re.compile(r"""(?:f["'](?=[^"']*\{)|["'](?=[^"']*[._]["']))([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*[._])[{"']""")
LOOKED_UP = re.compile(r"""\b(?:words|t)(?:\.plural)?\(\s*["']([^"']+)["']""")


def _catalog(locale: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((BOT / "locale" / locale).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=locale, abort_invalid=True):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                assert key not in found, f"{key} twice in {locale}"
                assert not message.fuzzy, key
                found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


CATALOGS = {locale: _catalog(locale) for locale in LOCALES}
SOURCES = {
    path: path.read_text(encoding="utf-8") for path in (*BOT.rglob("*.py"), *BOT.rglob("*.html"), *BOT.rglob("*.js"))
}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_has_the_same_keys() -> None:
    first, *others = (set(CATALOGS[locale]) for locale in LOCALES)
    for other in others:
        assert first ^ other == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_empty(locale: str) -> None:
    assert [key for key, texts in CATALOGS[locale].items() if not all(text.strip() for text in texts)] == []


def test_every_language_fills_in_the_same_data() -> None:
    different = []
    for key, texts in CATALOGS[LOCALES[0]].items():
        wanted = set().union(*map(_placeholders, texts)) - {"count"}
        for locale in LOCALES:
            different += [key for text in CATALOGS[locale][key] if _placeholders(text) - {"count"} != wanted]
    assert different == []


def test_every_key_that_the_code_writes_out_exists() -> None:
    known = CATALOGS[LOCALES[0]]
    missing = {
        (key, path.name)
        for path, text in SOURCES.items()
        for key in LOOKED_UP.findall(text)
        if key not in known and key[-1] != "."
    }
    assert missing == set()


def test_every_key_of_the_catalogs_is_used() -> None:
    written = {key for text in SOURCES.values() for key in QUOTED.findall(text)}
    made = {start for text in SOURCES.values() for start in MADE.findall(text)}
    unused = [key for key in CATALOGS[LOCALES[0]] if key not in written and not key.startswith(tuple(made))]
    assert unused == []


def test_dynamic_keys_are_declared() -> None:
    """A key made at run time escapes the checks above, so that each family of them is written down here."""
    own = ("bot/render", "bot/channels/console.py", "bot/commands.py", "bot/handlers.py")
    made = {
        start
        for path, text in SOURCES.items()
        if any(part in path.as_posix() for part in own)
        for start in MADE.findall(text)
    }
    assert {start for start in made if not start.startswith(tuple(DYNAMIC))} == set()


def test_every_code_of_the_model_is_worded() -> None:
    known = CATALOGS[LOCALES[0]]
    standings = (*State, Resolution.withdrawn)
    wanted = {
        *(f"{start}.{it.value}" for start in ("state", "view.where", "web.state", "web.mine") for it in standings),
        *(f"chat.topic.{it.value}" for it in standings if it not in {State.received, State.suggested}),
        *(f"web.resolution.{resolution.value}" for resolution in Resolution),
        *(f"kind.{kind.value}" for kind in NoticeKind),
        *(f"reason.{reason.value}" for reason in Reason),
        *(
            f"context.{name}.{value.value}"
            for name, values in (
                ("structure", Structure),
                ("procedure", Procedure),
                ("stage", Stage),
                ("family", Family),
            )
            for value in values
        ),
        *(f"finding.{code.value}" for code in Code),
        *(f"command.{name}" for name in COMMANDS),
    }
    assert wanted - set(known) == set()
