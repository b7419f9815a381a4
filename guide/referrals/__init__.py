"""The fiche-relais: what one social worker tells a service about a person, and what becomes of it.

Only this package touches the referral tables; it knows no page and no request.
"""
