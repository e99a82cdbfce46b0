"""The models of a baseline: the embedded one, and any image-text-to-text model of transformers."""
