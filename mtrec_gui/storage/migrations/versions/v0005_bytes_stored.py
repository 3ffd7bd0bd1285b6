"""Format 5: how many bytes a run's model is kept as; unknown for runs made before."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    op.add_column("runs", sa.Column("bytes_stored", sa.Integer(), nullable=True))
