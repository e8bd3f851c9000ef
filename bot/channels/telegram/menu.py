"""The commands that Telegram shows: by language for everybody, by role in each expert's and coordinator's own chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.words import LOCALES
from helpdesk.model import Role

if TYPE_CHECKING:
    from bot.channels.telegram.context import Context
    from bot.words import Words
    from helpdesk.model import Person

MEMBER = ("question", "mine", "status", "ticket", "glossary", "language", "data", "help")
EXPERT = ("queue", "answer", "ask", "note", "take", "pass", "propose", "absence")
COORDINATOR = ("board", "late", "reassign", "excuse", "invite")

_log = structlog.get_logger(__name__)


class Menu:
    """Keeps the menus as they should be."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shown: dict[str, tuple[str, tuple[str, ...]]] = {}  # by chat: the language and names last set

    async def set_up(self) -> None:
        """Set everybody's menu, in each language. Telegram keeps the last one it took."""
        await self._set(self._context.parts.words_for(self._context.options.locale), MEMBER, None, None)
        for locale in LOCALES:
            await self._set(self._context.parts.words_for(locale), MEMBER, None, locale)

    async def fit(self, chat: str, person: Person, *, chosen: bool = False) -> None:
        """Give an expert or a coordinator their own menu, and anybody theirs in the language they have ``chosen``."""
        names = names_for(person)
        wanted = (person.locale, names)
        if self._shown.get(chat) == wanted or (names == MEMBER and not chosen):
            return
        self._shown[chat] = wanted
        await self._set(self._context.parts.words_for(person.locale), names, chat, None)

    async def _set(self, words: Words, names: tuple[str, ...], chat: str | None, language: str | None) -> None:
        commands = [BotCommand(word_for(name, words), words(f"telegram.menu.{name}")) for name in names]
        try:
            await self._context.bot.set_my_commands(
                commands, scope=BotCommandScopeChat(int(chat)) if chat else None, language_code=language
            )
        except TelegramError as error:
            _log.warning("menu_not_set", reason=str(error))


def names_for(person: Person | None) -> tuple[str, ...]:
    """Return the commands that somebody may use, by canonical name."""
    names: tuple[str, ...] = MEMBER
    if person is not None and person.has(Role.expert, Role.coordinator):
        names += EXPERT
    if person is not None and person.has(Role.coordinator):
        names += COORDINATOR
    return names


def word_for(name: str, words: Words) -> str:
    """Return the word that people type for a command, as Telegram takes them: letters, digits and underscores."""
    return words(f"command.{name}").split()[0].lower()
