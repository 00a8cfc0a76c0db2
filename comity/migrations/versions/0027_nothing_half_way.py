"""nothing half way: a certificate is stored whole, so that none may be left that an earlier version stored in part."""

import sqlalchemy as sa
from alembic import op

from comity.deployment import SetupError

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_HALF_WAY = sa.text("SELECT count(*) FROM issuer_credentials WHERE state NOT IN ('delivered', 'erased')")


def upgrade() -> None:
    left = op.get_bind().execute(_HALF_WAY).scalar_one()
    if left:
        raise SetupError(
            f"{left} certificates are half way. The version that you used before finishes them: start it once (comity serve), then"
            " upgrade."
        )


def downgrade() -> None:
    pass
