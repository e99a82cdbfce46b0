"""Real people: the public figures, and names that no fictitious person may have."""
