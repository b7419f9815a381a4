"""Ready-made sheets: selections of services

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'selection',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('sort_order', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('sheet', 'card', 'poster', name='selectionkind', native_enum=False, length=32), nullable=False),
        sa.Column('slug_fr', sa.String(length=160), nullable=True),
        sa.Column('slug_nl', sa.String(length=160), nullable=True),
        *(sa.Column(f'{name}_{side}', sa.Text(), nullable=True) for name in ('title', 'introduction', 'extra') for side in ('fr', 'nl')),
        sa.Column('week_table', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_selection')),
        sa.UniqueConstraint('key', name=op.f('uq_selection_key')),
        sa.UniqueConstraint('slug_fr', name=op.f('uq_selection_slug_fr')),
        sa.UniqueConstraint('slug_nl', name=op.f('uq_selection_slug_nl')),
    )
    op.create_table(
        'selection_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('selection_id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_entry_selection_id_selection'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_selection_entry_service_id_service'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_entry')),
    )
    op.create_index(op.f('ix_selection_entry_selection_id'), 'selection_entry', ['selection_id'])
    op.create_index(op.f('ix_selection_entry_service_id'), 'selection_entry', ['service_id'])
    op.create_table(
        'selection_term',
        sa.Column('selection_id', sa.Integer(), nullable=False),
        sa.Column('taxonomy_term_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_term_selection_id_selection'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['taxonomy_term_id'], ['taxonomy_term.id'], name=op.f('fk_selection_term_taxonomy_term_id_taxonomy_term'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('selection_id', 'taxonomy_term_id', name=op.f('pk_selection_term')),
    )
    op.create_table(
        'selection_public',
        sa.Column('selection_id', sa.Integer(), nullable=False),
        sa.Column('taxonomy_term_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_public_selection_id_selection'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['taxonomy_term_id'], ['taxonomy_term.id'], name=op.f('fk_selection_public_taxonomy_term_id_taxonomy_term'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('selection_id', 'taxonomy_term_id', name=op.f('pk_selection_public')),
    )
    op.create_table(
        'selection_without',
        sa.Column('selection_id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['selection_id'], ['selection.id'], name=op.f('fk_selection_without_selection_id_selection'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_selection_without_service_id_service'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('selection_id', 'service_id', name=op.f('pk_selection_without')),
    )


def downgrade():
    for table in ('selection_without', 'selection_public', 'selection_term', 'selection_entry', 'selection'):
        op.drop_table(table)
