"""work that others confirm."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEXED = {
    "issuer_work_experiences": ("organisation", "subject", "person_mark"),
    "issuer_work_witnesses": ("experience", "organisation", "mark"),
}


def upgrade() -> None:
    op.create_table(
        "issuer_work_experiences",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("form", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("subject", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("follow_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("person_mark", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.ForeignKeyConstraint(["subject"], ["issuer_subjects.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("follow_hash"),
    )
    op.create_table(
        "issuer_work_witnesses",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("experience", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("link_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("mark", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=True),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["issuer_credentials.id"]),
        sa.ForeignKeyConstraint(["experience"], ["issuer_work_experiences.id"]),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("link_hash"),
    )
    for table, columns in _INDEXED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("issuer_work_witnesses")
    op.drop_table("issuer_work_experiences")
