"""A run on disk: shards, fingerprints and resuming."""
