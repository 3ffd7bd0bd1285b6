"""Format 4: the exercises of the Metric Lab that were solved in a project."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    op.create_table(
        "solved_exercises",
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exercise", name=op.f("pk_solved_exercises")),
        sqlite_strict=True,
    )
