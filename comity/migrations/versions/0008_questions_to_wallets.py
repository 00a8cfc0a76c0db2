"""questions to wallets."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verifier_requests",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reference", sqltypes.AutoString(length=43), nullable=False),
        sa.Column("nonce", sqltypes.AutoString(length=43), nullable=False),
        sa.Column("asked", sqltypes.AutoString(), nullable=False),
        sa.Column("standing", sqltypes.AutoString(length=12), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sqltypes.AutoString(length=64), nullable=True),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    with op.batch_alter_table("verifier_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verifier_requests_reference"), ["reference"], unique=True)
        batch_op.create_index(batch_op.f("ix_verifier_requests_created_at"), ["created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("verifier_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verifier_requests_created_at"))
        batch_op.drop_index(batch_op.f("ix_verifier_requests_reference"))

    op.drop_table("verifier_requests")
