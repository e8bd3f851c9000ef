"""Questions that wait for the answer to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8a41d9c05b7e"
down_revision = "a8d2f60c4b19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follower",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("lead_cycle", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["ticket.id"], name=op.f("fk_follower_lead_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_follower_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "cycle", name=op.f("pk_follower")),
    )
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follower_lead_id"), ["lead_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follower_lead_id"))

    op.drop_table("follower")
