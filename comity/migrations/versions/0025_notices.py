"""notices to the people of certificates."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_notices",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("language", sqltypes.AutoString(length=8), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["issuer_credentials.id"]),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_notices_credential"), ["credential"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_notices_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_notices_next_try"), ["next_try"], unique=False)


def downgrade() -> None:
    op.drop_table("issuer_notices")
