"""Where channels stand in what they read, and the roles that a platform's own bring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5be0a1c27f3d"
down_revision = "d4263adb40f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookmark",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name=op.f("pk_bookmark")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.alter_column("granted", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("granted")
    op.drop_table("bookmark")
