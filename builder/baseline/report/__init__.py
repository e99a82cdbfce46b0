"""Reports a run's results, for people and for programs."""
