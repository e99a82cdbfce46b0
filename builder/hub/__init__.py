"""Where releases are published and fetched: the Hugging Face Hub, or a local folder with the same rules."""
