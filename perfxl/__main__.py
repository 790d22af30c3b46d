"""`python -m perfxl` is the command perfxl."""

import sys

try:
    from perfxl.cli import main
except KeyboardInterrupt:  # nothing has begun, so there is nothing to say
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
