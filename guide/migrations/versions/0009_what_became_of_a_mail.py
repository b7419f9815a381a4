"""What became of a mail: why it did not go, until when it is of use, who is told

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

REASONS = (
    ('handed to the mail server, whose answer nobody noted', 'on_its_way'),
    ('the address cannot be written to', 'address'),
    ('the text cannot be made%', 'text'),
    ('the message has no name for its file', 'text'),
    ('the folder of mails cannot be written%', 'folder'),
    ('the mail server cannot be used (SMTPAuthenticationError)', 'login'),
    ('the mail server cannot be used (SSL%', 'tls'),
    ('the mail server cannot be used (SMTPNotSupportedError)', 'tls'),
    ('the mail server cannot be used%', 'unreachable'),
    ('the mail server broke off%', 'unreachable'),
    ('the mail server refuses our address%', 'sender'),
    ('the mail server refuses this receiver (5%', 'receiver'),
    ('the mail server refuses this receiver%', 'later'),
    ('the mail server does not want the message (5%', 'content'),
    ('the mail server does not want the message%', 'later'),
    ('the mail server did not take the message (5%', 'content'),
    ('the mail server did not take the message%', 'later'),
)
"""What was noted in English until now, and its code; the words stay beside it."""


def upgrade():
    # Nothing refers to a mail, so SQLite may make the table anew, which a foreign key needs there.
    with op.batch_alter_table('mail') as batch:
        batch.add_column(sa.Column('reason', sa.Enum(
            'unreachable', 'tls', 'login', 'sender', 'busy', 'folder', 'later', 'receiver', 'content', 'address',
            'text', 'on_its_way', 'unanswered', 'file', name='mailreason', native_enum=False, length=32), nullable=True))
        batch.add_column(sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column('actor_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_mail_actor_id_account', 'account', ['actor_id'], ['id'], ondelete='SET NULL')
        batch.create_index(op.f('ix_mail_actor_id'), ['actor_id'])
    mail = sa.table('mail', sa.column('problem', sa.String), sa.column('reason', sa.String))
    for words, reason in REASONS:
        op.execute(
            mail.update().where(mail.c.problem.like(words), mail.c.reason.is_(None)).values(reason=reason)
        )


def downgrade():
    with op.batch_alter_table('mail') as batch:
        batch.drop_index(op.f('ix_mail_actor_id'))
        batch.drop_constraint('fk_mail_actor_id_account', type_='foreignkey')
        batch.drop_column('actor_id')
        batch.drop_column('expires_at')
        batch.drop_column('reason')
