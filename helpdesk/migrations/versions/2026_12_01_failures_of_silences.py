"""How often settling a member's silence failed, so that it is tried again less and less often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c1f5ad93e20"
down_revision = "e91b4d2f7c58"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.alter_column("failures", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_column("failures")
