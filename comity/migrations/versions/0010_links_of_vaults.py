"""links of vaults: how often they open, passcodes, views by day; the heads of a vault's record of consents."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wallet_share_limits",
        sa.Column("share_id", sqltypes.AutoString(length=13), nullable=False),
        sa.Column("most_views", sa.Integer(), nullable=True),
        sa.Column("passcode_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["wallet_shares.id"]),
        sa.PrimaryKeyConstraint("share_id"),
    )
    op.create_table(
        "wallet_share_views",
        sa.Column("share_id", sqltypes.AutoString(length=13), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["wallet_shares.id"]),
        sa.PrimaryKeyConstraint("share_id", "opened_on"),
    )
    op.create_table(
        "wallet_log_heads",
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_vaults.holder_id"]),
        sa.PrimaryKeyConstraint("holder_id", "sequence"),
    )


def downgrade() -> None:
    op.drop_table("wallet_log_heads")
    op.drop_table("wallet_share_views")
    op.drop_table("wallet_share_limits")
