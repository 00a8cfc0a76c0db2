"""decisions that are withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registry_cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status_list", sqltypes.AutoString(length=120), nullable=True))
        batch_op.add_column(sa.Column("status_index", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", web.tables.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_registry_cases_status_list"), ["status_list"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("registry_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_cases_status_list"))
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("status_index")
        batch_op.drop_column("status_list")
