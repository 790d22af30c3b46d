"""`python -m perfxl` is the command perfxl."""

import sys

from perfxl.cli import main

if __name__ == "__main__":
    sys.exit(main())
