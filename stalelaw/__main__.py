"""``python -m stalelaw``."""

from .practice.cli import main

main()
