"""Vectors of the library's texts, for those who compare meanings with a language model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c3d7e81f5a06"
down_revision = "c3e07b61d4f8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vector",
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "digest", name=op.f("pk_vector")),
    )


def downgrade() -> None:
    op.drop_table("vector")
