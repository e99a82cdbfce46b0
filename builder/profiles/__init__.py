"""The people: facts, appearance and biography, one profile at a time."""

from builder.profiles.making import BiographyFault, check_biography, make_profile
from builder.profiles.names import capacity, check_capacity
from builder.profiles.quartets import all_names

__all__ = ["BiographyFault", "all_names", "capacity", "check_biography", "check_capacity", "make_profile"]
