"""The service decides each question on the thread that asks for it."""

from __future__ import annotations

import os
import subprocess
import sys

TOLD = "import bot.app, numpy, os, sys; print(os.environ['OPENBLAS_NUM_THREADS'], *sys.modules)"


def test_numpy_is_told_to_keep_to_one_thread_before_it_is_read() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    ran = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True, env=environment)
    threads, *modules = ran.stdout.split()
    assert threads == "1"
    assert modules.index("knowledge") < modules.index("numpy")
