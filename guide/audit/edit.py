"""Who changes something of the guide, when and why: one value, from the page down to the audit log."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from guide.clock import BRUSSELS
from guide.model import Account


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of one person on the guide: everything it changes is told with the same hand, moment and reason.

    `by` is None for a command on the server; `at` bears its zone; `why` is what its author says of it (a note,
    a reason, an answer), '' when she says nothing.
    """

    by: Account | None
    at: datetime
    why: str = ""

    @property
    def actor(self) -> str:
        """Who it is in the audit log: 'account:7', or 'command'."""
        return f"account:{self.by.id}" if self.by is not None else "command"

    @property
    def author(self) -> Account:
        """Whoever signs it, where only a person can: a proposal, an answer to one."""
        assert self.by is not None, "a command signs nothing"
        return self.by

    @property
    def account_id(self) -> int | None:
        """The id of the account it is by; None for a command."""
        return self.by.id if self.by is not None else None

    @property
    def day(self) -> date:
        """Its date in Jette."""
        return self.at.astimezone(BRUSSELS).date()

    def because(self, why: str) -> "Edit":
        """The same edit with another reason."""
        return replace(self, why=why)
