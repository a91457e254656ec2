"""Readers of real trainers' logs, one file per trainer."""
