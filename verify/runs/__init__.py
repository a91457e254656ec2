"""Asynchronous runs: lag models, deterministic and sampled updates, optimizers."""
