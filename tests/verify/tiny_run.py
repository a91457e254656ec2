"""A training run that takes a second."""

from stalelaw.verify.studies import checkpoints, saved
from stalelaw.verify.studies.experiments import Experiment

TINY = Experiment("mlp", base=3, digits=2, width=4, interval=4, eta=0.8, steps=16, groups=8, every=8, memory=8)


def tiny_run(folder):
    """(trainer, exact population, state after 16 steps, rows)."""
    trainer = TINY.trainer()
    how = {"settings": TINY.settings(), "every": TINY.every}
    state = saved.resume(trainer, lambda: TINY.start(trainer), TINY.seed, TINY.steps, folder, **how)
    return trainer, checkpoints.enumerated(trainer), state, saved.read_rows(folder)
