"""Real people: whose names nobody fictitious may bear."""
