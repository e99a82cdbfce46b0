"""How every method's knobs are chosen by the same protocol, on people and a seed that are not reported."""
