"""What Alembic runs: every service's tables, on the connection that `comity.database_schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import issuer_api.classroom_tables as of_classrooms
import issuer_api.openid.tables as of_offers
import issuer_api.tables as of_issuers
import issuer_api.work_tables as of_work
import registry.statistics_tables as of_figures
import registry.tables as of_states
import verifier.tables as of_employers
import wallet.tables as of_wallets
import web.tables as of_people

# imported for the tables that they declare
TABLES = (of_issuers, of_classrooms, of_work, of_offers, of_figures, of_states, of_employers, of_wallets, of_people)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
