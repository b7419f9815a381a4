"""The ground of the map that an operator imports: boundary, streets, squares

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'geo_feature',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('boundary', 'street', 'square', name='geokind', native_enum=False, length=32), nullable=False),
        sa.Column('name_fr', sa.Text(), nullable=True),
        sa.Column('name_nl', sa.Text(), nullable=True),
        sa.Column('main', sa.Boolean(), nullable=False),
        sa.Column('area', sa.Boolean(), nullable=False),
        sa.Column('lines', sa.JSON(), nullable=False),
        sa.Column('credit', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_geo_feature')),
    )


def downgrade() -> None:
    op.drop_table('geo_feature')
