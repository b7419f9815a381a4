"""Who holds a referral after its sender, and of which end of agreement both sides were warned

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    # A table of its own: SQLite adds a foreign key to `referral` only by making it anew, and it has children.
    op.create_table(
        'referral_substitute',
        sa.Column('referral_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_referral_substitute_account_id_account'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_substitute_referral_id_referral'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('referral_id', name=op.f('pk_referral_substitute')),
    )
    op.create_index(op.f('ix_referral_substitute_account_id'), 'referral_substitute', ['account_id'])
    op.add_column('referral', sa.Column('consent_warned', sa.Date(), nullable=True))


def downgrade():
    op.drop_column('referral', 'consent_warned')
    op.drop_table('referral_substitute')
