"""Help to choose: the questions of each need

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'question_set',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['taxonomy_term.id'], name=op.f('fk_question_set_need_id_taxonomy_term'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_question_set')),
        sa.UniqueConstraint('key', name=op.f('uq_question_set_key')),
    )
    op.create_table(
        'question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('question_set_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('fact', sa.Enum('topic', 'public', 'language', 'resident', 'free', 'papers', 'walk_in', 'referral', 'open_now', name='askedfact', native_enum=False, length=32), nullable=False),
        sa.Column('about', sa.JSON(), nullable=False),
        *(sa.Column(f'{name}_{side}', sa.Text(), nullable=True) for name in ('text', 'hint', 'yes', 'no') for side in ('fr', 'nl')),
        sa.ForeignKeyConstraint(['question_set_id'], ['question_set.id'], name=op.f('fk_question_question_set_id_question_set'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    )
    op.create_index(op.f('ix_question_question_set_id'), 'question', ['question_set_id'])


def downgrade():
    op.drop_table('question')
    op.drop_table('question_set')
