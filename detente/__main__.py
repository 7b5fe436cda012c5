"""Lets ``python -m detente`` stand for the ``detente`` command."""

import sys

from detente.experiments.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
