"""how certificates reached people."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_handovers",
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("first_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["issuer_credentials.id"]),
        sa.PrimaryKeyConstraint("credential", "kind"),
    )


def downgrade() -> None:
    op.drop_table("issuer_handovers")
