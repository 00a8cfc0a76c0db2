"""vaults that others hold."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wallet_custodies",
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("custody", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("hand_over_on", sa.Date(), nullable=True),
        sa.Column("inbox_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_vaults.holder_id"]),
        sa.PrimaryKeyConstraint("holder_id"),
        sa.UniqueConstraint("inbox_hash"),
    )
    op.create_table(
        "wallet_started",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_vaults.holder_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("wallet_started", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_started_holder_id"), ["holder_id"], unique=False)


def downgrade() -> None:
    op.drop_table("wallet_started")
    op.drop_table("wallet_custodies")
