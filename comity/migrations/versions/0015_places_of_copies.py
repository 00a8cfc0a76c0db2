"""places of copies."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_copy_lists",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("organisation", "number"),
    )
    op.create_table(
        "issuer_copies",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.ForeignKeyConstraint(["credential"], ["issuer_credentials.id"]),
        sa.PrimaryKeyConstraint("organisation", "list_number", "list_index"),
    )
    op.create_index(op.f("ix_issuer_copies_credential"), "issuer_copies", ["credential"])


def downgrade() -> None:
    op.drop_table("issuer_copies")
    op.drop_table("issuer_copy_lists")
