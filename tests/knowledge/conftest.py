"""The shipped library, read and built once per test process."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.files import Library, read_library, shipped_library
from knowledge.matcher import Matcher

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(shipped_library())


@pytest.fixture(scope="session")
def matcher(library: Library) -> Matcher:
    return Matcher(library.entries, library.themes)


@pytest.fixture
def today() -> dt.date:
    return TODAY
