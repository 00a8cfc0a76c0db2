"""certificates that correct others."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("issuer_credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces", sqltypes.AutoString(length=45), nullable=True))
        batch_op.create_unique_constraint("uq_issuer_credentials_replaces", ["replaces"])
        batch_op.create_foreign_key("fk_issuer_credentials_replaces", "issuer_credentials", ["replaces"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("issuer_credentials", schema=None) as batch_op:
        batch_op.drop_constraint("fk_issuer_credentials_replaces", type_="foreignkey")
        batch_op.drop_constraint("uq_issuer_credentials_replaces", type_="unique")
        batch_op.drop_column("replaces")
