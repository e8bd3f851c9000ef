"""``python -m tests.crash --kills 200``: kill the real service at random moments while people use it; count losses.

``--channel telegram`` or ``discord``: they talk there, over a network that fails all the time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.crash import on_chat, run
from tests.crash.on_discord import Discord
from tests.crash.on_telegram import Telegram

CHATS: dict[str, Callable[[], on_chat.Platform]] = {"telegram": Telegram, "discord": Discord}


def main() -> int:
    """Run the harness; return 1 when something was lost, doubled or left undone."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--channel", choices=("web", *CHATS), default="web")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="guichet é ") as folder:
        kill = partial(on_chat.run, CHATS[options.channel]()) if options.channel in CHATS else run.run
        result = kill(Path(folder), options.kills, options.seed, told=_tell)
    print(f"\n{result.kills} kills in {time.perf_counter() - began:.0f} s", *result.lines(), sep="\n")
    print(f"start to ready: p50 {_share(result.restarts, 0.5):.2f} s, p99 {_share(result.restarts, 0.99):.2f} s")
    print(f"{len(result.faults)} lost, doubled or left undone", *result.faults, sep="\n    ")
    return 1 if result.faults else 0


def _share(restarts: tuple[float, ...], share: float) -> float:
    return restarts[min(len(restarts) - 1, int(share * len(restarts)))]


def _tell(kills: int) -> None:
    print(f"\r{kills} kills", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
