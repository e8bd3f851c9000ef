"""The web channel: pages for members, experts and coordinators, rendered here, working without JavaScript.

``create_web`` builds the pages from ``WebParts``; ``WebChannel`` serves them. ``docs/web.md`` tells how it is laid out.
"""

from bot.channels.web.app import create_web
from bot.channels.web.channel import WebChannel
from bot.channels.web.parts import WebLimits, WebParts

__all__ = ["WebChannel", "WebLimits", "WebParts", "create_web"]
