"""offers for wallets."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_openid_offers",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("configuration", sqltypes.AutoString(length=100), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=True),
        sa.Column("grant", sqltypes.AutoString(length=20), nullable=False),
        sa.Column("code_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("tx_hash", sqltypes.AutoString(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
        sa.UniqueConstraint("code_hash"),
    )
    with op.batch_alter_table("issuer_openid_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_openid_offers_organisation"), ["organisation"], unique=False)
    op.create_table(
        "issuer_openid_requests",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("asked", sqltypes.AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=True),
        sa.Column("code_hash", sqltypes.AutoString(length=64), nullable=True),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
        sa.UniqueConstraint("code_hash"),
    )
    with op.batch_alter_table("issuer_openid_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_openid_requests_organisation"), ["organisation"], unique=False)
    op.create_table(
        "issuer_openid_grants",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("configurations", sqltypes.AutoString(), nullable=False),
        sa.Column("is_identified", sa.Boolean(), nullable=False),
        sa.Column("client_id", sqltypes.AutoString(length=500), nullable=True),
        sa.Column("jkt", sqltypes.AutoString(length=43), nullable=True),
        sa.Column("source_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("revoked_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_openid_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_openid_grants_credential"), ["credential"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_openid_grants_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_openid_grants_source_hash"), ["source_hash"], unique=False)
    op.create_table(
        "issuer_openid_tokens",
        sa.Column("token_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("grant", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("issuer_openid_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_openid_tokens_grant"), ["grant"], unique=False)
    op.create_table(
        "issuer_openid_deferrals",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("grant", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("configuration", sqltypes.AutoString(length=100), nullable=False),
        sa.Column("holders", sqltypes.AutoString(), nullable=False),
        sa.Column("ready_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_table(
        "issuer_openid_notifications",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("grant", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("event", sqltypes.AutoString(length=30), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_table(
        "issuer_openid_spent",
        sa.Column("hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )


def downgrade() -> None:
    op.drop_table("issuer_openid_spent")
    op.drop_table("issuer_openid_notifications")
    op.drop_table("issuer_openid_deferrals")
    with op.batch_alter_table("issuer_openid_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_openid_tokens_grant"))
    op.drop_table("issuer_openid_tokens")
    with op.batch_alter_table("issuer_openid_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_openid_grants_credential"))
        batch_op.drop_index(batch_op.f("ix_issuer_openid_grants_organisation"))
        batch_op.drop_index(batch_op.f("ix_issuer_openid_grants_source_hash"))
    op.drop_table("issuer_openid_grants")
    with op.batch_alter_table("issuer_openid_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_openid_requests_organisation"))
    op.drop_table("issuer_openid_requests")
    with op.batch_alter_table("issuer_openid_offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_openid_offers_organisation"))
    op.drop_table("issuer_openid_offers")
