"""How the Discord channel is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.words import DEFAULT_LOCALE
from helpdesk.model import Role

NAME = "discord"


@dataclass(frozen=True)
class DiscordOptions:
    """What the configuration says of Discord; channels and roles are given by their ids, as Discord writes them.

    ``forum``: where each post is a question; ``experts``: where each question that reaches the experts has a card;
    ``coordinators``: where alerts and the board are shown; 0: none. ``roles``: what the server's roles bring.
    ``locale``: of people and rooms whose language is not known.
    """

    token: str
    forum: int = 0
    experts: int = 0
    coordinators: int = 0
    roles: Mapping[int, Role] = field(default_factory=dict)
    locale: str = DEFAULT_LOCALE
    network: str = "Guichet"
    base_url: str | None = None
