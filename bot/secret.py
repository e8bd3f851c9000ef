"""The secret that signs sessions: from the environment, else made once and kept in a file that only we may read."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings


def secret_of(settings: Settings) -> str:
    """Return the secret, making its file at the first start. Raises ``OSError``."""
    if settings.secrets.secret is not None:
        return settings.secrets.secret.get_secret_value()
    return _kept(settings.secret_file)


def _kept(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(secret + "\n")
    return secret
