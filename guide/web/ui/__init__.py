"""What every page is made of: addresses, the request at hand, forms, labels, cards, files."""
