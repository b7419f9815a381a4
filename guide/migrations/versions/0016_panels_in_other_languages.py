"""Crisis panels in other languages, and the words around them

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('other_language', sa.Column('frame', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('other_language', sa.Column('lines', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('other_language', sa.Column('crises', sa.JSON(), nullable=False, server_default='[]'))


def downgrade():
    op.drop_column('other_language', 'crises')
    op.drop_column('other_language', 'lines')
    op.drop_column('other_language', 'frame')
