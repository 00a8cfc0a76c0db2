"""classifications that were imported."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_concepts",
        sa.Column("kind", sqltypes.AutoString(length=20), nullable=False),
        sa.Column("code", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("language", sqltypes.AutoString(length=8), nullable=False),
        sa.Column("label", sqltypes.AutoString(length=500), nullable=False),
        sa.Column("url", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("group", sqltypes.AutoString(length=4), nullable=False),
        sa.Column("words", sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", "language"),
    )


def downgrade() -> None:
    op.drop_table("issuer_concepts")
