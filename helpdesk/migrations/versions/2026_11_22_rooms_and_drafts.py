"""Topics of experts' rooms, and drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d4263adb40f5"
down_revision = "d8f329b21e8d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.String(length=120), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("channel", "conversation", "external_id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "topic",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("room", sa.String(length=120), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("thread", sa.String(length=120), nullable=True),
        sa.Column("card", sa.String(length=120), nullable=True),
        sa.Column("shown", sa.String(length=64), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("last_message_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_topic_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("channel", "room", "ticket_id", name=op.f("pk_topic")),
    )
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.create_index("ix_topic_thread", ["channel", "room", "thread"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_thread")

    op.drop_table("topic")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_draft_person_id"))

    op.drop_table("draft")
