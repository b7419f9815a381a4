"""Browsers and networks from which an account was signed in

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'known_place',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('browser', 'network', name='placekind', native_enum=False, length=32), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_known_place_account_id_account'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_known_place')),
        sa.UniqueConstraint('account_id', 'kind', 'digest', name=op.f('uq_known_place_account_id_kind_digest')),
    )
    op.create_index(op.f('ix_known_place_digest'), 'known_place', ['digest'])


def downgrade():
    op.drop_table('known_place')
