"""Format 2: a dataset knows the world it was simulated from.

Older datasets have none (NULL), which their hashes leave out.
"""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    op.add_column("datasets", sa.Column("origin", sa.Text(), nullable=True))
