"""`python -m builder` is the command `build-bench`."""

from builder.cli import main

if __name__ == "__main__":
    main()
