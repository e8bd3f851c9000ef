"""Words that themes claim as theirs: none for the themes of before, until the library is imported again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e91b4d2f7c58"
down_revision = "c3d7e81f5a06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.alter_column("about", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_column("about")
