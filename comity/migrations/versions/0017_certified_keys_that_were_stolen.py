"""certified keys that were stolen."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_certified_thefts",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("fragment", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("since", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("organisation", "fragment"),
    )


def downgrade() -> None:
    op.drop_table("issuer_certified_thefts")
