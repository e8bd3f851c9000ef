"""What every table shares."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, Date, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from helpdesk.database import UtcDateTime


class Base(DeclarativeBase):
    """Common mapping: instants are UTC, enums are stored by value, JSON is JSON."""

    # Every constraint has a name, so that a migration can alter it on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        dt.datetime: UtcDateTime(),
        dt.date: Date(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        enum.Enum: Enum(native_enum=False, length=40),
    }
