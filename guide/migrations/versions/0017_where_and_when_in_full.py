"""A service's places with their own hours and phones, seasons of hours, the calendar of an organization

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

CHANGES = {
    'location.service_id': 'stands in service_at_location, with the place among those of its service',
    'location.position': 'as above',
}

# Several addresses of one listing are told apart by a key, in the records that are kept as JSON too.
RECORDS = {'proposal': ('base', 'record'), 'loaded_record': ('content',)}

location = sa.table('location', sa.column('id', sa.Integer), sa.column('service_id', sa.Integer), sa.column('position', sa.Integer))
place = sa.table(
    'service_at_location',
    sa.column('id', sa.Integer), sa.column('service_id', sa.Integer), sa.column('location_id', sa.Integer), sa.column('position', sa.Integer), sa.column('key', sa.String),
)


def upgrade():
    op.create_table(
        'service_at_location',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('location_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_at_location_service_id_service'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_service_at_location_location_id_location')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_service_at_location')),
    )
    op.create_index(op.f('ix_service_at_location_service_id'), 'service_at_location', ['service_id'])
    op.create_index(op.f('ix_service_at_location_location_id'), 'service_at_location', ['location_id'])
    _move_places()
    with op.batch_alter_table('location') as batch:
        batch.drop_index(op.f('ix_location_service_id'))
        batch.drop_constraint(op.f('fk_location_service_id_service'), type_='foreignkey')
        batch.drop_column('service_id')
        batch.drop_column('position')
    for table, gone in (('phone', 'SET NULL'), ('schedule', 'CASCADE')):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column('service_at_location_id', sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f'fk_{table}_service_at_location_id_service_at_location'), 'service_at_location', ['service_at_location_id'], ['id'], ondelete=gone)
    op.add_column('schedule', sa.Column('valid_from', sa.Date(), nullable=True))
    op.add_column('schedule', sa.Column('valid_to', sa.Date(), nullable=True))
    op.add_column('service', sa.Column('follows_school_calendar', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        'calendar_period',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('closed', 'short_hours', 'school_holidays', name='periodkind', native_enum=False, length=32), nullable=False),
        sa.Column('starts', sa.Date(), nullable=False),
        sa.Column('ends', sa.Date(), nullable=False),
        sa.Column('opens_at', sa.String(length=5), nullable=True),
        sa.Column('closes_at', sa.String(length=5), nullable=True),
        sa.Column('reason_fr', sa.Text(), nullable=True),
        sa.Column('reason_nl', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_calendar_period_organization_id_organization'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_period')),
    )
    op.create_index(op.f('ix_calendar_period_organization_id'), 'calendar_period', ['organization_id'])


def downgrade():
    op.drop_table('calendar_period')
    op.drop_column('service', 'follows_school_calendar')
    op.drop_column('schedule', 'valid_to')
    op.drop_column('schedule', 'valid_from')
    for table in ('schedule', 'phone'):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f'fk_{table}_service_at_location_id_service_at_location'), type_='foreignkey')
            batch.drop_column('service_at_location_id')
    op.add_column('location', sa.Column('service_id', sa.Integer(), nullable=True))
    op.add_column('location', sa.Column('position', sa.Integer(), nullable=False, server_default='0'))
    connection = op.get_bind()
    for row in connection.execute(sa.select(place)).all():
        connection.execute(location.update().where(location.c.id == row.location_id).values(service_id=row.service_id, position=row.position))
    with op.batch_alter_table('location') as batch:
        batch.alter_column('service_id', existing_type=sa.Integer(), nullable=False)
        batch.alter_column('position', existing_type=sa.Integer(), server_default=None)
        batch.create_foreign_key(op.f('fk_location_service_id_service'), 'service', ['service_id'], ['id'], ondelete='CASCADE')
        batch.create_index(op.f('ix_location_service_id'), ['service_id'])
    op.drop_table('service_at_location')
    _rewrite_records(_without_keys)


def _move_places():
    connection = op.get_bind()
    rows = connection.execute(sa.select(location).order_by(location.c.service_id, location.c.position, location.c.id)).all()
    by_service = {}
    for row in rows:
        by_service.setdefault(row.service_id, []).append(row)
    for service_id, places in by_service.items():
        for number, row in enumerate(places, start=1):
            key = str(number) if len(places) > 1 else None
            connection.execute(place.insert().values(service_id=service_id, location_id=row.id, position=row.position, key=key))
    _rewrite_records(_with_keys)


def _rewrite_records(rewritten):
    connection = op.get_bind()
    for table, columns in RECORDS.items():
        by = ('id',) if table == 'proposal' else ('kind', 'key')
        at = sa.table(table, *(sa.column(name) for name in by), *(sa.column(name, sa.JSON) for name in columns))
        rows = sa.select(at) if table == 'proposal' else sa.select(at).where(at.c.kind == 'services')
        for row in connection.execute(rows).all():
            new = {name: rewritten(getattr(row, name)) for name in columns}
            changed = {name: value for name, value in new.items() if value != getattr(row, name)}
            if changed:
                connection.execute(at.update().where(*(at.c[name] == getattr(row, name) for name in by)).values(changed))


def _with_keys(record):
    addresses = (record or {}).get('addresses') or []
    if len(addresses) < 2:
        return record
    return {**record, 'addresses': [{'key': str(number), **item} for number, item in enumerate(addresses, start=1)]}


def _without_keys(record):
    if not (record or {}).get('addresses'):
        return record
    return {**record, 'addresses': [{name: value for name, value in item.items() if name != 'key'} for item in record['addresses']]}
