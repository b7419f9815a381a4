"""Hears what a sentence tells of: a danger, a need, a language.

A linear model over words, pairs of words and groups of letters. It is trained from the reviewed sentences of
`data/sentences/` by `benchmarks/train_hearing.py`, and shipped as figures, so that it gives the same answer
everywhere.
"""
