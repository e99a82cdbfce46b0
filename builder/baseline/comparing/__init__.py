"""Several baseline runs side by side as one leaderboard."""
