"""What was done: an append-only log with a chain of hashes. Verbs and ids, never content. Knows no page."""
