"""Addresses of pages as people outside can open them."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_public(address: str) -> bool:
    """Tell whether an address can be opened from anybody's telephone."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return parts.scheme in {"http", "https"} and "." in host and not host.endswith((".localhost", ".local"))
