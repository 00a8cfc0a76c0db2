"""the first tables."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

import web.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_organisations",
        sa.Column("slug", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("did", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("record", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
        sa.UniqueConstraint("did"),
    )
    op.create_table(
        "wallet_holders",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "web_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "issuer_api_tokens",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("token_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("name", sqltypes.AutoString(length=100), nullable=False),
        sa.Column("actions", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("issuer_api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_api_tokens_organisation"), ["organisation"], unique=False)

    op.create_table(
        "registry_counted_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("origin", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("qualification", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("outcome", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("without", sqltypes.AutoString(length=40), nullable=False),
        sa.Column("conditions", sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("registry_counted_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_counted_decisions_state"), ["state"], unique=False)

    op.create_table(
        "registry_releases",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("period", sqltypes.AutoString(length=7), nullable=False),
        sa.Column("released_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("mechanism", sqltypes.AutoString(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state", "period"),
    )
    op.create_table(
        "registry_privacy_ledger",
        sa.Column("release", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("measure", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("dataset", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Float(), nullable=False),
        sa.Column("epsilon", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["registry_releases.id"]),
        sa.PrimaryKeyConstraint("release", "measure"),
    )
    op.create_table(
        "registry_released_figures",
        sa.Column("release", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("measure", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("origin", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("qualification", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("category", sqltypes.AutoString(length=100), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["release"], ["registry_releases.id"]),
        sa.PrimaryKeyConstraint("release", "measure", "origin", "state", "qualification", "category"),
    )
    op.create_table(
        "registry_list_files",
        sa.Column("path", sqltypes.AutoString(length=100), nullable=False),
        sa.Column("document", sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_table(
        "registry_applications",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=2), nullable=False),
        sa.Column("did", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("record", sqltypes.AutoString(), nullable=False),
        sa.Column("standing", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("note", sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("received_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("registry_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_applications_state"), ["state"], unique=False)

    op.create_table(
        "issuer_cohorts",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("programme", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("file_name", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("file_hash", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation", "programme", "file_hash"),
    )
    with op.batch_alter_table("issuer_cohorts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_cohorts_organisation"), ["organisation"], unique=False)

    op.create_table(
        "issuer_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("action", sqltypes.AutoString(length=40), nullable=False),
        sa.Column("thing", sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_history_organisation"), ["organisation"], unique=False)

    op.create_table(
        "issuer_programmes",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("id", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("organisation", "id", "version"),
    )
    op.create_table(
        "issuer_status_lists",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("organisation", "number"),
    )
    op.create_table(
        "issuer_subjects",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_subjects_organisation"), ["organisation"], unique=False)

    op.create_table(
        "wallet_records",
        sa.Column("id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blind", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("claim_blind", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["wallet_holders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("holder_id", "blind"),
    )
    with op.batch_alter_table("wallet_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_records_claim_blind"), ["claim_blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_wallet_records_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "wallet_shares",
        sa.Column("id", sqltypes.AutoString(length=13), nullable=False),
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("record_id", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["wallet_holders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("wallet_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_shares_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wallet_shares_record_id"), ["record_id"], unique=False)

    op.create_table(
        "wallet_unlocks",
        sa.Column("locator", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("holder_id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["wallet_holders.id"],
        ),
        sa.PrimaryKeyConstraint("locator"),
    )
    with op.batch_alter_table("wallet_unlocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_unlocks_holder_id"), ["holder_id"], unique=False)

    _create_people()
    op.create_table(
        "issuer_credentials",
        sa.Column("id", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("programme", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("cohort", sqltypes.AutoString(length=26), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("subject", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("key_hash", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("request_hash", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reserved_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["issuer_organisations.slug"],
        ),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["issuer_subjects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cohort", "row_number"),
        sa.UniqueConstraint("organisation", "key_hash"),
        sa.UniqueConstraint("organisation", "list_number", "list_index"),
    )
    with op.batch_alter_table("issuer_credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_credentials_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_credentials_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_issuer_credentials_subject"), ["subject"], unique=False)

    op.create_table(
        "issuer_name_index",
        sa.Column("subject", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["issuer_subjects.id"],
        ),
        sa.PrimaryKeyConstraint("subject", "name_hash"),
    )
    with op.batch_alter_table("issuer_name_index", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_name_index_name_hash"), ["name_hash"], unique=False)

    op.create_table(
        "issuer_rows",
        sa.Column("cohort", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sqltypes.AutoString(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("problems", sqltypes.AutoString(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["issuer_cohorts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["issuer_subjects.id"],
        ),
        sa.PrimaryKeyConstraint("cohort", "number"),
    )
    op.create_table(
        "issuer_claims",
        sa.Column("code_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["issuer_credentials.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash"),
        sa.UniqueConstraint("credential"),
    )
    _create_log()
    op.create_table(
        "issuer_links",
        sa.Column("id", sqltypes.AutoString(length=13), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["issuer_credentials.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential"),
    )
    op.create_table(
        "issuer_status_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("purpose", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("by", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["issuer_credentials.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("issuer_status_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuer_status_changes_credential"), ["credential"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("registry_applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_applications_state"))

    op.drop_table("registry_applications")
    op.drop_table("registry_list_files")
    op.drop_table("registry_released_figures")
    op.drop_table("registry_privacy_ledger")
    op.drop_table("registry_releases")
    with op.batch_alter_table("registry_counted_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_counted_decisions_state"))

    op.drop_table("registry_counted_decisions")
    with op.batch_alter_table("issuer_status_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_status_changes_credential"))

    op.drop_table("issuer_status_changes")
    op.drop_table("issuer_links")
    _drop_log()
    op.drop_table("issuer_claims")
    op.drop_table("issuer_rows")
    with op.batch_alter_table("issuer_name_index", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_name_index_name_hash"))

    op.drop_table("issuer_name_index")
    with op.batch_alter_table("issuer_credentials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_credentials_subject"))
        batch_op.drop_index(batch_op.f("ix_issuer_credentials_state"))
        batch_op.drop_index(batch_op.f("ix_issuer_credentials_organisation"))

    op.drop_table("issuer_credentials")
    _drop_people()
    with op.batch_alter_table("wallet_unlocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wallet_unlocks_holder_id"))

    op.drop_table("wallet_unlocks")
    with op.batch_alter_table("wallet_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wallet_shares_record_id"))
        batch_op.drop_index(batch_op.f("ix_wallet_shares_holder_id"))

    op.drop_table("wallet_shares")
    with op.batch_alter_table("wallet_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wallet_records_holder_id"))
        batch_op.drop_index(batch_op.f("ix_wallet_records_claim_blind"))

    op.drop_table("wallet_records")
    with op.batch_alter_table("issuer_subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_subjects_organisation"))

    op.drop_table("issuer_subjects")
    op.drop_table("issuer_status_lists")
    op.drop_table("issuer_programmes")
    with op.batch_alter_table("issuer_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_history_organisation"))

    op.drop_table("issuer_history")
    with op.batch_alter_table("issuer_cohorts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_cohorts_organisation"))

    op.drop_table("issuer_cohorts")
    with op.batch_alter_table("issuer_api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issuer_api_tokens_organisation"))

    op.drop_table("issuer_api_tokens")
    op.drop_table("web_people")
    op.drop_table("wallet_holders")
    op.drop_table("issuer_organisations")


def _create_log() -> None:
    op.create_table(
        "issuer_log_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sqltypes.AutoString(), nullable=False),
        sa.Column("signed_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "issuer_log_tiles",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
    )
    op.create_table(
        "issuer_log_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("credential", sqltypes.AutoString(length=45), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("short_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("logged_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["issuer_credentials.id"],
        ),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("credential"),
    )


def _create_people() -> None:
    op.create_table(
        "web_memberships",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("role", sqltypes.AutoString(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "organisation"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("way", sqltypes.AutoString(length=16), nullable=False),
        sa.Column("browser", sqltypes.AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "web_passkeys",
        sa.Column("credential_id", sqltypes.AutoString(length=1400), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sqltypes.AutoString(length=80), nullable=False),
        sa.Column("added_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("credential_id"),
    )
    with op.batch_alter_table("web_passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_passkeys_person_id"), ["person_id"], unique=False)

    op.create_table(
        "web_passkey_challenges",
        sa.Column("challenge_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("user_handle", sa.LargeBinary(length=64), nullable=True),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("challenge_hash"),
    )
    op.create_table(
        "web_invitations",
        sa.Column("token_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("role", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("name", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["web_people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("web_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_invitations_organisation"), ["organisation"], unique=False)

    op.create_table(
        "web_proposals",
        sa.Column("id", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("service", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("payload", sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("state", sqltypes.AutoString(length=12), nullable=False),
        sa.Column("proposed_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("web_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_proposals_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_web_proposals_state"), ["state"], unique=False)

    op.create_table(
        "web_proposal_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal", sqltypes.AutoString(length=32), nullable=False),
        sa.Column("step", sqltypes.AutoString(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("digest", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("reason", sqltypes.AutoString(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposal"],
            ["web_proposals.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("web_proposal_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_proposal_steps_proposal"), ["proposal"], unique=False)

    op.create_table(
        "web_acts",
        sa.Column("organisation", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sqltypes.AutoString(length=200), nullable=False),
        sa.Column("action", sqltypes.AutoString(length=40), nullable=False),
        sa.Column("thing", sqltypes.AutoString(length=300), nullable=False),
        sa.Column("digest", sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "number"),
    )
    for statement in web.tables.ONLY_ADDED[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "web_sign_in_links",
        sa.Column("token_hash", sqltypes.AutoString(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", web.tables.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", web.tables.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["web_people.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _drop_log() -> None:
    op.drop_table("issuer_log_leaves")
    op.drop_table("issuer_log_tiles")
    op.drop_table("issuer_log_checkpoints")


def _drop_people() -> None:
    op.drop_table("web_acts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION web_acts_only_added")
    with op.batch_alter_table("web_proposal_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_proposal_steps_proposal"))

    op.drop_table("web_proposal_steps")
    with op.batch_alter_table("web_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_proposals_state"))
        batch_op.drop_index(batch_op.f("ix_web_proposals_organisation"))

    op.drop_table("web_proposals")
    with op.batch_alter_table("web_invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_invitations_organisation"))

    op.drop_table("web_invitations")
    op.drop_table("web_passkey_challenges")
    with op.batch_alter_table("web_passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_passkeys_person_id"))

    op.drop_table("web_passkeys")
    op.drop_table("web_sign_in_links")
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_sessions_person_id"))

    op.drop_table("web_sessions")
    op.drop_table("web_memberships")
