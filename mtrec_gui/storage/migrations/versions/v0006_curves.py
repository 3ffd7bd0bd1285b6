"""Format 6: curves of what models need, drawn together, and what each of their runs said."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    op.create_table(
        "curve_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("specs", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name=op.f("fk_curve_sheets_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curve_sheets")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_curve_sheets_dataset_id"), "curve_sheets", ["dataset_id"], unique=False
    )
    op.create_table(
        "curve_runs",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("curve", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("fit_seconds", sa.REAL(), nullable=True),
        sa.Column("n_parameters", sa.Text(), nullable=False),
        sa.Column("stored_bytes", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("message_values", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["curve_sheets.id"],
            name=op.f("fk_curve_runs_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "curve", "number", name=op.f("pk_curve_runs")),
        sqlite_strict=True,
    )
