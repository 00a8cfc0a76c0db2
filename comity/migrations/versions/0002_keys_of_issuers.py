"""the keys of issuers: since when each signs, until when, and since when it is known to be stolen."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_keys",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_key_multibase", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("until", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("compromised_since", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("organisation", "number"),
    )


def downgrade() -> None:
    op.drop_table("issuer_keys")
