"""Example inputs that ship with the package: trainer logs in ``runs``."""
