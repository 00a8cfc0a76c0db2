"""endorsements that are withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry_endorsements",
        sa.Column("id", sqltypes.AutoString(length=60), nullable=False),
        sa.Column("status_list", sqltypes.AutoString(length=120), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("given_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sqltypes.AutoString(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("status_list", "status_index"),
    )


def downgrade() -> None:
    op.drop_table("registry_endorsements")
