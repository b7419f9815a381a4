"""Named lists of social workers

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'named_list',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=80), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_named_list_account_id_account'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_named_list')),
    )
    op.create_index(op.f('ix_named_list_account_id'), 'named_list', ['account_id'])
    op.create_table(
        'named_list_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('named_list_id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['named_list_id'], ['named_list.id'], name=op.f('fk_named_list_entry_named_list_id_named_list'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_named_list_entry_service_id_service'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_named_list_entry')),
        sa.UniqueConstraint('named_list_id', 'service_id', name=op.f('uq_named_list_entry_named_list_id_service_id')),
    )
    op.create_index(op.f('ix_named_list_entry_named_list_id'), 'named_list_entry', ['named_list_id'])
    op.create_index(op.f('ix_named_list_entry_service_id'), 'named_list_entry', ['service_id'])


def downgrade():
    op.drop_table('named_list_entry')
    op.drop_table('named_list')
