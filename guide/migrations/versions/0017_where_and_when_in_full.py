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
    'schedule': 'on the way down a night is two slots again, and hours of one place, season or day of the month go',
}

# Several addresses of one listing are told apart by a key, in the records that are kept as JSON too.
RECORDS = {'proposal': ('base', 'record'), 'loaded_record': ('content',), 'revision': ('record',)}
KEYS = {'proposal': ('id',), 'loaded_record': ('kind', 'key'), 'revision': ('id',)}
DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

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
    _leave_what_0016_can_say()
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
    _rewrite_records(_of_0016)


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
        by = KEYS[table]
        at = sa.table(table, *(sa.column(name) for name in by), *(sa.column(name, sa.JSON) for name in columns))
        rows = sa.select(at).where(at.c.kind == 'services') if table == 'loaded_record' else sa.select(at)
        for row in connection.execute(rows).all():
            new = {name: rewritten(getattr(row, name)) for name in columns}
            changed = {name: value for name, value in new.items() if value != getattr(row, name)}
            if changed:
                connection.execute(at.update().where(*(at.c[name] == getattr(row, name) for name in by)).values(changed))
    # What a proposal keeps for its author: path -> what stood there, and the words.
    kept = sa.table('proposal', sa.column('id', sa.Integer), sa.column('kept', sa.JSON))
    for row in connection.execute(sa.select(kept)).all():
        new = {path: _rewrite_kept(path, both, rewritten) for path, both in (row.kept or {}).items()}
        if new != (row.kept or {}):
            connection.execute(kept.update().where(kept.c.id == row.id).values(kept=new))


def _rewrite_kept(path, both, rewritten):
    if path not in ('addresses', 'phones', 'schedules') or not isinstance(both, dict):
        return both
    return {side: (rewritten({path: value}) or {}).get(path, value) if value else value for side, value in both.items()}


def _with_keys(record):
    addresses = (record or {}).get('addresses') or []
    if len(addresses) < 2:
        return record
    return {**record, 'addresses': [{'key': str(number), **item} for number, item in enumerate(addresses, start=1)]}


def _of_0016(record):
    """The record as revision 0016 knew it: what it has no field for goes, a night is two slots again."""
    if not record:
        return record
    old = {name: value for name, value in record.items() if name != 'follows_school_calendar'}
    for name in ('addresses', 'phones'):
        if old.get(name):
            old[name] = [{field: value for field, value in item.items() if field not in ('key', 'address')} for item in old[name]]
    if old.get('schedules'):
        old['schedules'] = [part for item in old['schedules'] if not _is_new(item) for part in _without_night(item)]
        if not old['schedules']:
            del old['schedules']
    return old


def _is_new(slot):
    return bool(slot.get('address') or slot.get('valid_from') or slot.get('valid_to')) or any(len(day) > 2 for day in slot['byday'])


def _without_night(slot):
    if slot['closes_at'] > slot['opens_at']:
        return [slot]
    after = [DAYS[(DAYS.index(day) + 1) % 7] for day in slot['byday']]
    return [{**slot, 'closes_at': '24:00'}, {**slot, 'byday': after, 'opens_at': '00:00'}]


def _leave_what_0016_can_say():
    connection = op.get_bind()
    slot = sa.table(
        'schedule',
        *(sa.column(name) for name in ('id', 'service_id', 'position', 'kind', 'opens_at', 'closes_at', 'holidays', 'valid_from', 'valid_to', 'service_at_location_id')),
        sa.column('byday', sa.JSON),
    )
    for row in connection.execute(sa.select(slot)).all():
        if row.valid_from or row.valid_to or row.service_at_location_id or any(len(day) > 2 for day in row.byday or []):
            connection.execute(slot.delete().where(slot.c.id == row.id))
        elif row.closes_at <= row.opens_at and set(row.byday or []) <= set(DAYS):
            evening, morning = _without_night({'byday': row.byday or [], 'opens_at': row.opens_at, 'closes_at': row.closes_at})
            connection.execute(slot.update().where(slot.c.id == row.id).values(closes_at=evening['closes_at']))
            connection.execute(slot.insert().values(service_id=row.service_id, position=row.position, kind=row.kind, holidays=row.holidays, **morning))
