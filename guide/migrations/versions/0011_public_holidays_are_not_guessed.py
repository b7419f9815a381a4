"""What becomes of a schedule on public holidays, and who takes a line's calls outside its hours

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade():
    # Empty means that nobody has said it: no value is made up for the hours that are there.
    op.add_column('schedule', sa.Column('holidays', sa.Enum('open', 'closed', name='holidays', native_enum=False, length=32), nullable=True))
    op.add_column('service', sa.Column('after_hours_phone', sa.String(length=32), nullable=True))


def downgrade():
    op.drop_column('service', 'after_hours_phone')
    op.drop_column('schedule', 'holidays')
