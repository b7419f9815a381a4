"""Listings as pages read them

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'stored_listing',
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('shape', sa.String(length=16), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['service_id'], ['service.id'], name='fk_stored_listing_service_id_service', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('service_id', name='pk_stored_listing'),
    )
    op.create_index('ix_stored_listing_key', 'stored_listing', ['key'])


def downgrade():
    op.drop_table('stored_listing')
