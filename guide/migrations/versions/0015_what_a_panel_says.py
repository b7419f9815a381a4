"""Which block of a panel stands first, its steps, help of the day; ways to reach a number without a voice

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

FIRST = sa.Enum('danger', 'talk', name='crisisblock', native_enum=False, length=32)


def upgrade():
    op.add_column('crisis', sa.Column('steps', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('crisis', sa.Column('first', FIRST, nullable=False, server_default='danger'))
    op.add_column('crisis', sa.Column('today', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('crisis', sa.Column('need', sa.String(length=64), nullable=True))
    op.add_column('urgent_number', sa.Column('ways', sa.JSON(), nullable=False, server_default='[]'))


def downgrade():
    op.drop_column('urgent_number', 'ways')
    op.drop_column('crisis', 'need')
    op.drop_column('crisis', 'today')
    op.drop_column('crisis', 'first')
    op.drop_column('crisis', 'steps')
