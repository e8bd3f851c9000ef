"""From a notice to a reader's words: what a person reads is made here and in the catalogs, nowhere else."""

from __future__ import annotations

from bot.render.failures import render_error

__all__ = ["render_error"]
