"""vaults: records that only their holder's devices open, and the ways to open them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wallet_vaults",
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("access_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_holders.id"]),
        sa.PrimaryKeyConstraint("holder_id"),
    )
    op.create_table(
        "wallet_vault_records",
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("request", sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_vaults.holder_id"]),
        sa.PrimaryKeyConstraint("holder_id", "id"),
    )
    with op.batch_alter_table("wallet_vault_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_vault_records_sequence"), ["sequence"], unique=False)
    op.create_table(
        "wallet_vault_ways",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("locator_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("verifier_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("pepper", sa.LargeBinary(), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["wallet_vaults.holder_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("locator_hash"),
    )
    with op.batch_alter_table("wallet_vault_ways", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_vault_ways_holder_id"), ["holder_id"], unique=False)


def downgrade() -> None:
    op.drop_table("wallet_vault_ways")
    op.drop_table("wallet_vault_records")
    op.drop_table("wallet_vaults")
