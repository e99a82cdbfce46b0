"""Sends requests to a chat model's server, fast and within its limits, and stores the answers."""
