"""Attacks on an unlearned model: what can still be got out of it."""
