"""cases that states decide."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry_cases",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("of", sa.LargeBinary(length=16), nullable=False),
        sa.Column("standing", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("registry_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_cases_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_registry_cases_of"), ["of"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("registry_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_cases_of"))
        batch_op.drop_index(batch_op.f("ix_registry_cases_state"))

    op.drop_table("registry_cases")
