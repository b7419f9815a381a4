"""The association’s desk: its listings, their parts, their history."""
