"""Messages to take away from platforms, once what they say was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a8d2f60c4b19"
down_revision = "5b1f0c7a9e42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retraction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.String(length=120), nullable=False),
        sa.Column("thread", sa.String(length=120), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraction")),
        sa.UniqueConstraint(
            "channel",
            "conversation",
            "external_id",
            name=op.f("uq_retraction_channel_conversation_external_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("retraction")
