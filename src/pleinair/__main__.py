"""`python -m pleinair`, also from a plain checkout with PYTHONPATH=src."""

import sys

from pleinair.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
