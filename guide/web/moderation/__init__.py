"""The coordinator’s desk: what waits, reviews, organizations, duplicates, plans, tables."""
