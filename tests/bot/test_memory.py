"""The service does not grow because its threads come and go."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Many threads that hold memory at the same time, then what glibc says of its arenas.
_THREADS = """
import ctypes, threading
from bot.memory import take_from_one_arena
take_from_one_arena()
together = threading.Barrier(20)
def hold():
    held = [bytearray(2000) for _ in range(100)]
    together.wait()
threads = [threading.Thread(target=hold) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
library.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
library.fflush.argtypes = [ctypes.c_void_p]
out = library.fdopen(1, b"w")
library.malloc_info(0, out)
library.fflush(out)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_all_threads_share_one_arena() -> None:
    told = subprocess.run([sys.executable, "-c", _THREADS], capture_output=True, text=True, check=True).stdout
    assert told.count("<heap nr=") == 1
