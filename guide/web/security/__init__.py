"""Who may do what, and what every answer carries: the check at the door, the policy, headers, signatures."""
