"""The splits as they stand on the Hub, with their card and manifest."""
