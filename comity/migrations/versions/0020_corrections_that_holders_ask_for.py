"""corrections that holders ask for."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLE = "issuer_asked_corrections"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_evidence", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["credential"], ["issuer_credentials.id"]),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for column in ("organisation", "credential", "state"):
            batch_op.create_index(batch_op.f(f"ix_{_TABLE}_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table(_TABLE)
