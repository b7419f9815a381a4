"""The fiche-relais (PRODUCT.md 4.3): from one social worker to a listed service, sealed, with a deadline and an end.

`life` is the one table of what may happen; `sealing` the one place where content is sealed and read; `sending`
is the sender's side, `answering` the receiver's; `deadlines` and `erasing` are what time alone does. Nothing
else in the guide touches the referral tables.
"""
