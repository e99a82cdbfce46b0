"""build-bench: build, publish and check multimodal-unlearning benchmarks about people who do not exist."""

__version__ = "0.1.0"
