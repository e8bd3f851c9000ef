"""Buttons pressed, choices made and forms filled in: each is acknowledged before anything else is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import discord
import structlog
from sqlalchemy.exc import DBAPIError

from bot import drafting
from bot.addresses import is_public
from bot.channel import Button, ChannelError, Pressed, Said
from bot.channels.discord import buttons, forms
from bot.channels.discord.context import HereAside
from bot.channels.discord.failures import UNKNOWN_INTERACTION
from bot.channels.discord.incoming import address_of
from bot.channels.discord.options import NAME
from bot.channels.discord.writing import settle
from bot.commands import MOST_DIGITS, of_action
from bot.standing import OUTDATED, Standing
from helpdesk.errors import GuichetError, InvalidInputError, NotAllowedError
from helpdesk.library import themes
from helpdesk.model import State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.channels.discord.context import Context
    from bot.channels.discord.newcomers import Newcomers
    from bot.channels.discord.posts import Posts
    from bot.channels.discord.showing import Showing
    from bot.channels.discord.writing import Writing
    from bot.words import Words
    from helpdesk.views import PersonLine

_ON_A_PAGE = {"candidate": "candidates"}
_SETTLES = frozenset({"solved", "human", "join", "choose", "rate", "withdraw"})
_LOOKED_AT = frozenset({*forms.WRITTEN, "context"})
LOOK_SECONDS = 1.0  # of the three in which a form can be opened
_ENDS_MENU = frozenset({"relay", "pass", "reassign"})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Press:
    """One press: by whom and where (``here``), on which message, and what the button says."""

    here: HereAside
    message: discord.Message
    verb: str
    rest: str

    @property
    def words(self) -> Words:
        """The presser's words."""
        return self.here.words

    @property
    def number(self) -> int:
        """The question that the button is about. Raises ``InvalidInputError``."""
        return number_of(self.rest.partition(":")[0])


class Pressing:
    """Carries out presses and forms."""

    def __init__(
        self, context: Context, writing: Writing, showing: Showing, newcomers: Newcomers, posts: Posts
    ) -> None:
        self._context = context
        self._parts = context.parts
        self._writing = writing
        self._showing = showing
        self._newcomers = newcomers
        self._posts = posts
        self._standing = Standing(context.parts.desk)
        self._own: dict[str, Callable[[Press], Awaitable[None]]] = {
            "lang": self._language,
            "file": self._file,
            "theme": self._theme,
            "erase": self._erase,
            "unaway": self._unaway,
            "accept": self._accept,
            **dict.fromkeys(drafting.BUTTONS, self._draft),
            **dict.fromkeys(_ON_A_PAGE, self._on_a_page),
        }

    async def press(self, interaction: discord.Interaction[Any], action: str) -> None:
        """Do what a button says."""
        verb, _, rest = action.partition(":")
        form = self._form(interaction, verb, rest)
        if form is not None:
            await self.open(interaction, verb, int(rest) if rest.isdecimal() else 0, form)
            return
        if interaction.message is None or not await acknowledged(interaction):
            return
        here = await self._here(interaction)
        if verb == "org":
            await self._newcomers.choose(here, rest)
        elif await self._context.person(interaction.user) is None:
            await self._newcomers.hear_aside(here, "")
        else:
            await self._carry_out(Press(here, interaction.message, verb, rest))

    async def open(self, interaction: discord.Interaction[Any], verb: str, ticket: int, form: discord.ui.Modal) -> None:
        """Open a form, unless it would be written in vain.

        A form can only be the first reply, within three seconds: when it takes long to know whether its text could be
        taken, it is opened all the same, and the core says so when it comes back.
        """
        account = self._context.account(interaction.user.id)
        try:
            with anyio.move_on_after(LOOK_SECONDS):
                if verb in _LOOKED_AT:
                    await self._standing.check(account, ticket, verb)
        except GuichetError as error:
            if not await acknowledged(interaction):
                return
            here = await self._here(interaction)
            if error.code == "unknown_account":
                await self._newcomers.hear_aside(here, "")
            else:
                await here.refuse(_said_in_public(error, interaction))
                if verb == "context" and error.code == "wrong_state" and interaction.message is not None:
                    await here.change(view=settle(interaction.message))
            return
        except DBAPIError:
            _log.exception("question_unread")
        await interaction.response.send_modal(form)

    async def submit(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form."""
        form = forms.filled(interaction)
        if form is None or not await acknowledged(interaction, thinking=True):
            return
        here = await self._here(interaction)
        if form.verb == "organisation":
            await self._newcomers.propose(here, form.text)
            return
        person = await self._context.person(interaction.user)
        if person is None:
            await self._newcomers.hear_aside(here, form.text)
            return
        try:
            if form.verb in forms.WRITTEN:
                await self._writing.order(here, form.verb, f"{number_of(form.about)} {form.text}")
            else:
                await self.ask(here, "\n".join(part for part in (form.text, form.context(here.words)) if part), form)
        except GuichetError as error:
            await here.refuse(error)
            await here.give_back(form.text or form.context(here.words))
        await here.close()

    async def ask(self, here: HereAside, text: str, form: forms.Filled | None = None) -> None:
        """Ask a question in private, or add its context to a question of one's own; the core's word comes aside.

        Raises ``GuichetError``.
        """
        about = number_of(form.about) if form is not None and form.about else None
        if about is None:
            await self._writing.order(here, "question", text)
        else:
            view = await self._context.in_thread(lambda: self._parts.desk.ticket(here.account, about))
            if "reply" not in view.actions:
                raise NotAllowedError("not_yours_to_specify")
            if not text:
                await here.say(here.words("discord.context.nothing", number=about))
                return
            here.expect()
            await self._parts.handlers.handle(Said(here.key, here.account, here.address, text, about))
            if view.line.state is State.waiting:
                # The expert goes on, and the date that moves is told where the question was asked.
                await here.say(here.words("discord.context.added", number=about))

    def _form(self, interaction: discord.Interaction[Any], verb: str, rest: str) -> discord.ui.Modal | None:
        words = self._parts.words_for(self._context.locale_of(interaction.locale))
        if verb in forms.WRITTEN and rest.isdecimal():
            return forms.order(verb, int(rest), words)
        if verb == "context" and rest.isdecimal():
            return forms.context(int(rest), words)
        return forms.organisation(words) if verb == "join" else None

    async def _here(self, interaction: discord.Interaction[Any]) -> HereAside:
        person = await self._context.person(interaction.user)
        return HereAside(
            self._context, self._context.asides.beside(interaction), self._context.words_of(person, interaction.locale)
        )

    async def _carry_out(self, press: Press) -> None:
        try:
            if press.verb in self._own:
                await self._own[press.verb](press)
            elif press.verb == "pass" and ":" not in press.rest:
                await self.colleagues(press.here, press.number)
            elif press.verb == "reassign" and ":" not in press.rest:
                await self.people(press.here, press.number)
            else:
                await self._act(press)
        except GuichetError as error:
            await press.here.refuse(_said_in_public(error, press.here.interaction))
            if press.verb in _SETTLES and error.code in OUTDATED:
                await press.here.change(view=settle(press.message))

    async def _act(self, press: Press) -> None:
        """Look at or do what a button of the house says."""
        verb = "pass" if press.verb == "relay" else press.verb
        action = f"{verb}:{press.rest}" if press.rest else verb
        here = press.here
        # A menu serves once, whatever else is chosen before it is gone.
        key = f"{NAME}:menu:{press.message.id}" if press.verb in _ENDS_MENU else here.key
        pressed = Pressed(key, here.account, here.address, action)
        seen = await self._parts.handlers.look(pressed)
        if seen is not None:
            await self._showing.show(here, seen)
            return
        order = of_action(pressed)
        if order.ticket is not None and not press.message.flags.ephemeral:
            where = here.address if press.message.guild is None else address_of(press.message)
            self._context.out.pressed(where, order.ticket, press.message.id)
        here.expect()
        number = await self._parts.handlers.handle(pressed)
        done = await self._writing.done(here, order.name, number)
        if done is not None and press.verb in _ENDS_MENU:
            await here.change(view=None, text=done)
        elif done is not None:
            await here.say(done)
        if press.verb in _SETTLES - {"choose", "rate"}:
            await here.change(view=settle(press.message))
        if press.verb == "withdraw" and order.ticket is not None:
            await self._context.close_cards(
                here.address, await self._context.acknowledgements(here.address, order.ticket)
            )

    async def _draft(self, press: Press) -> None:
        ticket, _, held = press.rest.partition(":")
        await self._writing.press(press.here, press.message, press.verb, number_of(ticket), held)

    async def colleagues(self, here: HereAside, number: int) -> None:
        """Propose the colleagues to whom a question can be passed. Raises ``GuichetError``."""
        may = await self._standing.check_passing(here.account, number)
        people = await self._context.in_thread(lambda: self._parts.experts.colleagues(here.account, number))
        if not may & {"pass", "reassign"}:
            person = await self._context.person(here.interaction.user)
            people = tuple(line for line in people if person is not None and line.id == person.id)
        made = _menu_of("pass", number, people, here.words) or discord.ui.View(timeout=None)
        if "pass" in may:
            made.add_item(buttons.PressButton(here.words("chat.button.relay"), f"relay:{number}", row=1))
        await here.say(here.words("chat.pass", number=number), view=made)

    async def people(self, here: HereAside, number: int) -> None:
        """Propose the experts to whom a question can be given. Raises ``GuichetError``."""
        await self._standing.check_with_experts(here.account, number)
        people = await self._context.in_thread(lambda: self._parts.coordinators.people(here.account))
        text = here.words("chat.reassign", number=number)
        await here.say(text, view=_menu_of("reassign", number, people, here.words))

    async def _theme(self, press: Press) -> None:
        """Propose the themes, or set the one chosen."""
        _, _, theme = press.rest.partition(":")
        number = press.number
        if not theme:
            choices = await self._context.in_thread(lambda: self._themes(press.words))
            menu = buttons.menu(f"theme:{number}", press.words("discord.choose_theme"), choices)
            await press.here.say(press.words("chat.theme", number=number), view=menu)
            return
        set_theme = self._parts.experts.set_theme
        await self._context.in_thread(lambda: set_theme(press.here.key, press.here.account, number, theme))
        self._context.wake()
        await press.here.change(view=None, text=press.words("chat.theme_set", number=number))

    def _themes(self, words: Words) -> list[tuple[str, str]]:
        with self._parts.office.reading() as unit:
            return [(theme.labels.get(words.locale, theme.id), theme.id) for theme in themes(unit.session)]

    async def _file(self, press: Press) -> None:
        number = press.number
        # Who may read it is the core's business.
        kept = await self._context.in_thread(lambda: self._parts.attachments.read_as(press.here.account, number))
        try:
            await press.here.document(kept.name, kept.data)
        except ChannelError as error:
            raise InvalidInputError("file_not_sent") from error

    async def _language(self, press: Press) -> None:
        await self._context.in_thread(lambda: self._parts.people.set_locale(press.here.account, press.rest))
        words = self._parts.words_for(press.rest)
        await press.here.say(words("console.done.language"))

    async def _unaway(self, press: Press) -> None:
        cancel = self._parts.experts.cancel_absence
        await self._context.in_thread(lambda: cancel(press.here.key, press.here.account, press.number))
        await press.here.say(press.words("chat.unaway_done"))

    async def _accept(self, press: Press) -> None:
        """Take a reply of the thread as the answer."""
        _, _, reply = press.rest.partition(":")
        channel = press.message.channel.id
        await self._posts.accept(press.here, channel, int(reply) if reply.isdecimal() else 0, press.message)

    async def _erase(self, press: Press) -> None:
        """Ask once more, then forget the person; their open questions go on without a name, or are withdrawn."""
        words, erase, account = press.words, self._parts.privacy.erase, press.here.account
        if press.rest == "ask":
            waiting = await self._context.in_thread(lambda: self._parts.privacy.open_questions(account))
            choices = ("keep", "drop") if waiting else ("now",)
            rows = [[Button(words(f"chat.button.erase_{choice}"), f"erase:{choice}")] for choice in choices]
            await press.here.say(words("chat.erase.ask"), rows)
            return
        keep = press.rest == "keep"
        await self._context.in_thread(lambda: erase(press.here.key, account, keep_open=keep))
        self._context.wake()
        await press.here.say(words("discord.erase.kept" if keep else "discord.erase.done"))

    async def _on_a_page(self, press: Press) -> None:
        """Say that a form is on the site, with its link when everybody can open it."""
        url = f"{self._context.options.base_url}/{_ON_A_PAGE[press.verb]}/{press.rest}"
        if not self._context.options.base_url or not is_public(url):
            raise InvalidInputError("on_the_page")
        button = Button(press.words("chat.button.page"), url=url)
        await press.here.say(press.words("errors.on_the_page"), [[button]])


async def acknowledged(interaction: discord.Interaction[Any], *, thinking: bool = False) -> bool:
    """Tell Discord that we have it, before any work; False when it came too late, and its author was told so."""
    try:
        await interaction.response.defer(ephemeral=interaction.guild_id is not None, thinking=thinking)
    except discord.NotFound as error:
        if error.code == UNKNOWN_INTERACTION:
            _log.warning("interaction_too_late")
            return False
        raise
    except discord.HTTPException as error:
        # It is acknowledged already, or Discord is in trouble: the work is done all the same.
        _log.warning("interaction_not_acknowledged", reason=str(error))
    return True


def _said_in_public(error: GuichetError, interaction: discord.Interaction[Any]) -> GuichetError:
    """Return why a button is refused: of a question that all can read, it is not that there is none."""
    if error.code == "no_such_question" and interaction.guild_id is not None and interaction.message is not None:
        return NotAllowedError("not_your_button")
    return error


def number_of(text: str) -> int:
    """Return a question's number. Raises ``InvalidInputError`` (``unknown_action``)."""
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise InvalidInputError("unknown_action")
    return int(text)


def _menu_of(verb: str, number: int, people: Iterable[PersonLine], words: Words) -> discord.ui.View | None:
    choices = [
        (
            words("chat.person_away" if line.away else "chat.person", name=line.name, count=line.open_tickets),
            str(line.id),
        )
        for line in people
    ]
    return buttons.menu(f"{verb}:{number}", words("discord.choose_person"), choices) if choices else None
