"""lists that were relied on, and questions that are open."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verifier_seen_lists",
        sa.Column("name", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    with op.batch_alter_table("verifier_seen_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verifier_seen_lists_made_at"), ["made_at"], unique=False)

    with op.batch_alter_table("verifier_requests", schema=None) as batch_op:
        batch_op.create_index("ix_verifier_requests_open", ["standing", "ends_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("verifier_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_verifier_requests_open")

    with op.batch_alter_table("verifier_seen_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verifier_seen_lists_made_at"))

    op.drop_table("verifier_seen_lists")
