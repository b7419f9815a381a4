"""Who may come in: accounts, passwords, one-time codes and links, sessions, throttling. Knows no page."""
