"""``python -m stalelaw``."""

# The rooms are mapped into the package when it is installed; a type checker does not follow that from here.
from .practice.cli import main  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

main()
