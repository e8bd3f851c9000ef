"""Whether a port can be taken."""

from __future__ import annotations

import socket


def try_port(host: str, port: int) -> None:
    """Take a port and give it back at once. Raises ``OSError`` when it cannot be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()
