"""What was not published of a proposal stays with its author; who proposed a link to an action

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

# As the records were at this revision: which fields are texts of two sides, and which an association writes.
TEXTS = ('name', 'summary', 'description', 'eligibility', 'fees', 'application', 'accessibility', 'schedule_note', 'intake_note', 'professional_note')
VALUES = (
    'terms', 'publics', 'residents_only', 'languages', 'confidential', 'free', 'papers_needed', 'documents', 'access_modes', 'phones', 'email', 'website', 'addresses',
    'wheelchair', 'schedules', 'closures', 'intake_status', 'accepts_relay', 'relay_email', 'review_interval_months',
)

proposal = sa.table(
    'proposal',
    sa.column('id', sa.Integer), sa.column('service_id', sa.Integer), sa.column('state', sa.String),
    sa.column('base', sa.JSON), sa.column('record', sa.JSON), sa.column('kept', sa.JSON), sa.column('set_aside', sa.String),
)
revision_table = sa.table('revision', sa.column('proposal_id', sa.Integer), sa.column('fields', sa.JSON))
service = sa.table('service', sa.column('id', sa.Integer), sa.column('merged_into', sa.String), sa.column('publication', sa.String))


def upgrade():
    op.add_column('proposal', sa.Column('kept', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('proposal', sa.Column('set_aside', sa.Enum('archived', 'merged', 'rewritten', name='setaside', native_enum=False, length=32), nullable=True))
    op.create_table(
        'fulfilment_author',
        sa.Column('fulfilment_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['fulfilment_id'], ['fulfilment.id'], name=op.f('fk_fulfilment_author_fulfilment_id_fulfilment'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_fulfilment_author_account_id_account'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('fulfilment_id', name=op.f('pk_fulfilment_author')),
    )
    op.create_index(op.f('ix_fulfilment_author_account_id'), 'fulfilment_author', ['account_id'])
    _keep_what_was_decided_before()


def _keep_what_was_decided_before():
    """What was refused, taken back or overtaken before this revision is with its author again."""
    connection = op.get_bind()
    published = {}
    for number, fields in connection.execute(sa.select(revision_table.c.proposal_id, revision_table.c.fields).where(revision_table.c.proposal_id.is_not(None))):
        published.setdefault(number, set()).update(fields)
    gone = {number: merged for number, merged in connection.execute(sa.select(service.c.id, service.c.merged_into).where(service.c.publication == 'archived'))}
    decided = sa.select(proposal).where(proposal.c.state.in_(('refused', 'withdrawn', 'superseded', 'partly')))
    for row in connection.execute(decided).all():
        kept = {
            path: {'before': before, 'words': words}
            for path, before, words in _differences(row.base, row.record)
            if path not in published.get(row.id, ())
        }
        if kept:
            aside = None
            if row.state == 'superseded':
                aside = 'rewritten' if row.service_id not in gone else ('merged' if gone[row.service_id] else 'archived')
            connection.execute(proposal.update().where(proposal.c.id == row.id).values(kept=kept, set_aside=aside))


def _differences(base, record):
    for name in VALUES:
        if base.get(name) != record.get(name):
            yield name, base.get(name), record.get(name)
    for name in TEXTS:
        for side in ('fr', 'nl'):
            before, words = ((one.get(name) or {}).get(side) for one in (base, record))
            if before != words:
                yield f'{name}.{side}', before, words


def downgrade():
    op.drop_table('fulfilment_author')
    op.drop_column('proposal', 'set_aside')
    op.drop_column('proposal', 'kept')
