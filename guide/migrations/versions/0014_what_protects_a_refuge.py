"""What the coordinator decided about a listing that must not be exposed; suicide is a sensitive topic

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

SUICIDE = "UPDATE taxonomy_term SET sensitive = {} WHERE taxonomy = 'needs' AND key = 'suicide'"


def upgrade():
    op.add_column(
        'service', sa.Column('safety_decided', sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # As the data files now say. What protects must not wait until somebody loads them again.
    op.execute(SUICIDE.format('true'))


def downgrade():
    op.execute(SUICIDE.format('false'))
    op.drop_column('service', 'safety_decided')
