"""Real people, whose names no fictitious person may have."""
