"""The fiche-relais: from one social worker to a listed service, sealed, with a deadline and an end.

It fulfils action Précarité 2 of the plan 2015-2020. `life` is the one table of what may happen; `sealing` the
one place where content is sealed and read; `sending` is the sender's side, `answering` the receiver's;
`deadlines` and `erasing` are what time alone does. Nothing else in the guide touches the referral tables.
"""

from guide.model.referrals import Referral

__all__ = ["Referral"]
