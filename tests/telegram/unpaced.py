"""``guichet`` that speaks on Telegram as fast as it can: to measure the service without Telegram's own limits."""

from __future__ import annotations

from functools import partial

from bot.channels.telegram import channel
from bot.channels.telegram.limits import Limiter, Rate
from bot.cli import main

_UNHURRIED = Rate(10_000, 1, 10_000)

if __name__ == "__main__":
    setattr(channel, Limiter.__name__, partial(Limiter, everybody=_UNHURRIED, person=_UNHURRIED))
    main()
