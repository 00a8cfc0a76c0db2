"""classrooms."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_classrooms",
        sa.Column("code", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("cohort", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("opened_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["issuer_organisations.slug"]),
        sa.ForeignKeyConstraint(["cohort"], ["issuer_cohorts.id"]),
        sa.PrimaryKeyConstraint("code"),
    )
    with op.batch_alter_table("issuer_classrooms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_classrooms_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_classrooms_cohort"), ["cohort"], unique=False)
    op.create_table(
        "issuer_classroom_requests",
        sa.Column("id_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("code", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("asked_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["issuer_classrooms.code"]),
        sa.ForeignKeyConstraint(["subject"], ["issuer_subjects.id"]),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    with op.batch_alter_table("issuer_classroom_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_classroom_requests_code"), ["code"], unique=False)


def downgrade() -> None:
    op.drop_table("issuer_classroom_requests")
    op.drop_table("issuer_classrooms")
