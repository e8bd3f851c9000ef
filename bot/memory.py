"""How the service takes memory from the system."""

from __future__ import annotations

import ctypes
import platform

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h; see mallopt(3)


def take_from_one_arena() -> None:
    """Let every thread take its memory from the same arena; to be called before there are several.

    Left alone, glibc gives threads arenas of their own, eight for each processor, and each keeps what its threads let
    go: a service grows by a third over some thousand questions and never shrinks, though it holds no more than before.
    Python runs one thread at a time, so that nobody waits for the one arena. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
