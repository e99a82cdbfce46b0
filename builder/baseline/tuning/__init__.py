"""Chooses every method's knobs by the same protocol, on people and a seed that are not reported."""
