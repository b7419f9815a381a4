"""The guide itself, as its readers ask about it: what is open, how fresh, who helps with what, where.

Functions take a `Session` and plain values and are told the time; they never ask who is reading.
"""
