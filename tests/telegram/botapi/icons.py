"""The stickers that bots may use as the icons of topics."""

from __future__ import annotations

# A few of the stickers that any bot may use as topic icons; the identifiers are this server's own.
ICONS = {
    str(5_300_000_000_000_000_001 + rank): emoji
    for rank, emoji in enumerate("📰💡⚡🎙🔝🗣🆒❗📝📆📁🔎📣🔥❤❓📈📉💎💰💸🪙💬✅⁉🎉🏁👀⭐")
}
