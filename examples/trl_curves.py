"""The same training by TRL's ``GRPOTrainer`` and by ours: do the reward curves agree within the noise of seeds?

Copy words of one or two letters, a small Llama warm-started to success 0.3, both trainers from the same weights per
seed, GRPO with AdamW at a constant rate, S = 1 and S = 16. The number compared is the mean reward of all responses of
a run. Two trainers agree if the 90 % t-interval of the paired differences lies within +-MARGIN (two one-sided tests at
5 %). An exact sign-flip test of no difference is reported beside it.

TRL draws the prompts of one generation at once, shuffles the responses and cuts them into S steps, so that the mates of
a group are spread over these steps; our trainer does so with ``spread`` = S, and otherwise draws whole groups of the
same behaviour policy for each step. At a fixed theta both have steps of the same mean; along a run they differ.

The first study, seeds 0..7, fixed before its runs: ours with whole groups, and at half the rate as a control that must
not agree. Rate and batch size were chosen on seeds 100 and 101. Ours "shuffled and cut" was added when the first three
seeds of the others at S = 16 were known, so that its agreement there was found, not tested.

The confirmation, fixed before its runs and looked at once, when all of them are there: seeds 200..207, the same steps,
rate and margin. Claim: "ours, shuffled and cut" agrees with TRL at S = 1 and at S = 16; it holds if both do, so that
neither level is shared out. Control: the same at half the rate must not agree. Beside it, without a claim, ours with
whole groups once more.

    python -m stalelaw.examples.trl_curves confirmation --out benchmarks/trl_curves.json

goes on where the study in a file that it wrote ends; the other study there is kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from scipy import stats
from stalelaw.practice.report.provenance import commit
from stalelaw.verify.peers import trl_loss
from stalelaw.verify.policies import causal_lm
from stalelaw.verify.runs.asynchronous import Trainer, run, warm_start
from stalelaw.verify.runs.lag import periodic_sync
from stalelaw.verify.runs.updates import AdamW
from stalelaw.verify.verifiable import copy as copy_task

from . import trl_peer

MARGIN, LEVEL = 0.05, 0.05
INTERVALS = (1, 16)
ETA, GROUPS, SIZE, SUCCESS = 1e-3, 12, 8, 0.3
STEPS = 96
TASK = copy_task(4, 2)


def start(seed):
    """A warm-started model and its policy."""
    model = trl_peer.llama(TASK, seed)
    policy = causal_lm(model)
    theta = warm_start(policy, TASK, policy.params(), SUCCESS)
    model.load_state_dict({name.removeprefix("model."): x for name, x in theta.items()}, strict=False)
    return model, policy, theta


def options(folder, interval, steps, seed):
    """TRL's options of one run."""
    how = {"per_device_train_batch_size": GROUPS * SIZE, "num_generations": SIZE, "steps_per_generation": interval}
    return trl_peer.config(
        folder, TASK, loss_type="grpo", learning_rate=ETA, max_grad_norm=1.0, max_steps=steps, seed=seed, **how
    )


def theirs(seed, interval, steps):
    """Rewards of TRL's run, one per generation."""
    model, _, _ = start(seed)
    g = torch.Generator().manual_seed(seed)
    numbers = torch.randint(len(TASK.prompts), (GROUPS * steps,), generator=g).tolist()  # uniform, as ours draws them
    with tempfile.TemporaryDirectory() as folder:
        trainer = trl_peer.trainer(model, TASK, numbers, options(folder, interval, steps, seed))
        trainer.train()
    return [row["reward"] for row in trainer.state.log_history if "reward" in row]


def ours(seed, interval, steps, eta, spread=1, numbers=0):
    """Rewards of our run, meaned over the steps of each generation; ``numbers`` are added to the seed of its draws."""
    _, policy, theta = start(seed)
    with tempfile.TemporaryDirectory() as folder:
        loss = trl_loss(options(folder, interval, steps, seed)).loss
    lag, update = periodic_sync(interval), AdamW(max_norm=1.0)
    trainer = Trainer(policy, TASK, loss, update, lag, eta, GROUPS, SIZE, spread=spread)
    _, rows = run(trainer, trainer.start(theta, seed + numbers), steps)
    return np.array([row.reward for row in rows]).reshape(-1, interval).mean(1).tolist()


def cut(seed, interval, steps, eta):
    """Rewards of our run with TRL's schedule: one generation, shuffled, cut into the steps; with draws of its own."""
    return ours(seed, interval, steps, eta, interval, 1_000_000)


def agreement(first, second):
    """Compare the means of paired curves: interval of the difference, whether it is within the margin, and sign flips.

    Args:
        first, second: one list of rewards per seed.
    """
    d = np.array([np.mean(a) - np.mean(b) for a, b in zip(first, second, strict=True)])
    half = stats.t.ppf(1 - LEVEL, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    flips = [abs(np.dot(signs, d)) for signs in itertools.product((1, -1), repeat=len(d))]
    return {
        "differences": d.tolist(),
        "mean": float(d.mean()),
        "interval": [float(d.mean() - half), float(d.mean() + half)],
        "agree": bool(abs(d.mean()) + half < MARGIN),
        "p_no_difference": float(np.mean(np.array(flips) >= abs(d.sum()) * (1 - 1e-12))),
    }


KINDS = {
    "trl": theirs,
    "ours": lambda *run: ours(*run, ETA),
    "ours at half the rate": lambda *run: ours(*run, ETA / 2),
    "ours, shuffled and cut": lambda *run: cut(*run, ETA),
    "shuffled and cut, at half the rate": lambda *run: cut(*run, ETA / 2),
}
STUDIES = {
    "first": (range(8), ("trl", "ours", "ours at half the rate", "ours, shuffled and cut")),
    "confirmation": (
        range(200, 208),
        ("trl", "ours", "ours, shuffled and cut", "shuffled and cut, at half the rate"),
    ),
}
"""Seeds and kinds of runs of each study."""


def settings(name):
    """What the runs of a study have in common."""
    numbers = {"eta": ETA, "groups": GROUPS, "group_size": SIZE, "steps": STEPS, "margin": MARGIN}
    return {"task": TASK.name, **numbers, "seeds": list(STUDIES[name][0])}


def curves(name, found, keep=lambda found: None):
    """Rewards by interval, kind and seed, added to those found before; ``keep`` is called after each run."""
    seeds, kinds = STUDIES[name]
    for (number, seed), interval, kind in itertools.product(enumerate(seeds), INTERVALS, kinds):
        known = found.setdefault(str(interval), {}).setdefault(kind, [])
        if len(known) == number:
            known.append(KINDS[kind](seed, interval, STEPS))
            keep(found)
    return found


def verdicts(found):
    """Comparisons with TRL by interval and kind."""
    return {
        interval: {kind: agreement(by[kind], by["trl"]) for kind in by if kind != "trl"}
        for interval, by in found.items()
    }


def main():
    """Run the study and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    common, studies = settings(chosen.study), json.loads(chosen.out.read_text()) if chosen.out.exists() else {}
    command = f"python -m stalelaw.examples.trl_curves {chosen.study}"
    made = {"command": command, "commit": commit()[0], "torch": version("torch"), "trl": version("trl")}
    before = studies.get(chosen.study, {"made": made, **common, "curves": {}})
    if any(before[k] != x for k, x in common.items()):
        parser.error(f"expected the settings {common} in the study at {chosen.out}, or no such study")

    def keep(found, **more):
        part = chosen.out.with_suffix(".part")
        part.write_text(json.dumps({**studies, chosen.study: before | {"curves": found} | more}) + "\n")
        part.replace(chosen.out)

    found = curves(chosen.study, before["curves"], keep)
    keep(found, verdicts=verdicts(found))


if __name__ == "__main__":
    main()
