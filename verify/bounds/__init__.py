"""Bounds of users: a formula in a closed grammar against what is measured."""
