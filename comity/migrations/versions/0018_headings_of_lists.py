"""headings of lists."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_column_choices",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("programme", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("headings_hash", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_column_choices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_column_choices_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_column_choices_headings_hash"), ["headings_hash"], unique=False)
    op.add_column("issuer_cohorts", sa.Column("columns", sqltypes.AutoString(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("issuer_cohorts", "columns")
    op.drop_table("issuer_column_choices")
