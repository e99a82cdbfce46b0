"""The models of a baseline: the embedded model, and any image-text-to-text model of transformers."""
