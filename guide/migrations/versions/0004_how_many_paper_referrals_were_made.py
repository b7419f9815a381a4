"""How many paper referrals were made, a service and a month at a time

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_referral_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_paper_referral_count_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_referral_count')),
    sa.UniqueConstraint('service_id', 'month', name=op.f('uq_paper_referral_count_service_id_month'))
    )
    with op.batch_alter_table('paper_referral_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_referral_count_service_id'), ['service_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('paper_referral_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_referral_count_service_id'))

    op.drop_table('paper_referral_count')
