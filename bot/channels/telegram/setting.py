"""From the configuration to the channel's options."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from bot.channels.telegram.options import TelegramOptions

if TYPE_CHECKING:
    from bot.settings import Settings


def telegram_options(settings: Settings, secret: str) -> TelegramOptions:
    """Return the options; the webhook's secret is made from the service's own ``secret``."""
    token = settings.secrets.telegram_token
    assert token is not None
    section = settings.configuration.telegram
    return TelegramOptions(
        token=token.get_secret_value(),
        api=section.api,
        room=str(section.room) if section.room else None,
        topics=frozenset(section.topics),
        webhook=settings.base_url if section.webhook else None,
        webhook_secret=hmac.digest(secret.encode(), b"telegram webhook", "sha256").hex(),
        locale=settings.configuration.network.locale,
        base_url=settings.base_url,
        network=settings.configuration.network.name,
    )
