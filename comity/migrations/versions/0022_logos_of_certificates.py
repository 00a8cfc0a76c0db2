"""logos of certificates."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_pictures",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("id", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("organisation", "id"),
    )


def downgrade() -> None:
    op.drop_table("issuer_pictures")
