"""Search: a small engine interface, its two engines and the analysis they share.

It knows terms, identifiers and ranks. What a need is, which texts a listing has and what a person meant
belongs to the packages above.
"""
