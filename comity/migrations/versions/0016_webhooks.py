"""webhooks."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_webhooks",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("url", sqltypes.AutoString(length=500), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_webhooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_webhooks_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_webhooks_next_try"), ["next_try"], unique=False)


def downgrade() -> None:
    op.drop_table("issuer_webhooks")
