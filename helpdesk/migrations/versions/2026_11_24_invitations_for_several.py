"""Invitations that several people may use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5b1f0c7a9e42"
down_revision = "5be0a1c27f3d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reusable", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.alter_column("reusable", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_column("reusable")
