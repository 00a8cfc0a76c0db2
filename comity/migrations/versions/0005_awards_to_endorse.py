"""awards to endorse."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry_awards",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("of", sa.LargeBinary(length=16), nullable=False),
        sa.Column("states", sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("brought_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("registry_awards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_awards_of"), ["of"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("registry_awards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_awards_of"))

    op.drop_table("registry_awards")
