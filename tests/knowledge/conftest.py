"""The day on which the tests of the matcher ask."""

from __future__ import annotations

import datetime as dt

import pytest

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def today() -> dt.date:
    return TODAY
