"""The same training by TRL's ``GRPOTrainer`` and by ours: do the reward curves agree within the noise of seeds?

Fixed before the runs: copy words of one or two letters, a small Llama warm-started to success 0.3, both trainers from
the same weights per seed, GRPO with AdamW at a constant rate, seeds 0..n-1. The number compared is the mean reward of
all responses of a run. The two agree if the 90 % t-interval of the paired differences lies within +-MARGIN (two
one-sided tests at 5 %). Rate and batch size were chosen on seeds 100 and 101. As a control, ours at half the rate must
not agree with TRL. An exact sign-flip test of no difference is reported beside it.

What differs by design: TRL draws the prompts of one generation at once, shuffles the responses and cuts them into S
steps, so that the mates of a group are spread over these steps; ours draws new groups of the same behaviour policy for
each step. The mean of every step's gradient is the same, its noise is not. The run "shuffled and cut" puts our parts
together as TRL does; it was added when the first three seeds of the others at S = 16 were known.

    python -m stalelaw.examples.trl_curves --out benchmarks/trl_curves.json

goes on where a file that it wrote ends.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from scipy import stats
from stalelaw.verify.asynchronous import Trainer, run, warm_start
from stalelaw.verify.lag import periodic_sync
from stalelaw.verify.peers import trl_loss
from stalelaw.verify.policies import causal_lm
from stalelaw.verify.sampled import draw
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add
from stalelaw.verify.updates import AdamW
from stalelaw.verify.verifiable import copy as copy_task

from . import trl_peer

MARGIN, LEVEL = 0.05, 0.05
INTERVALS = (1, 16)
ETA, GROUPS, SIZE, SUCCESS = 1e-3, 12, 8, 0.3
SEEDS, STEPS = 8, 96
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


def ours(seed, interval, steps, eta):
    """Rewards of our run, meaned over the steps of each generation."""
    _, policy, theta = start(seed)
    with tempfile.TemporaryDirectory() as folder:
        loss = trl_loss(options(folder, interval, steps, seed)).loss
    trainer = Trainer(policy, TASK, loss, AdamW(max_norm=1.0), periodic_sync(interval), eta, GROUPS, SIZE)
    _, rows = run(trainer, trainer.start(theta, seed), steps)
    return np.array([row.reward for row in rows]).reshape(-1, interval).mean(1).tolist()


def cut(seed, interval, steps, eta):
    """Rewards of our parts put together as TRL does: one generation, shuffled, cut into the steps."""
    _, policy, theta = start(seed)
    with tempfile.TemporaryDirectory() as folder:
        loss = trl_loss(options(folder, interval, steps, seed))
    update, g, rewards = AdamW(max_norm=1.0), torch.Generator().manual_seed(seed + 1_000_000), []
    state, how = update.start(theta), {"group_size": SIZE, "length": TASK.length, "generator": g, "end": TASK.end}
    for _ in range(steps // interval):
        prompts = (TASK.prompts, TASK.mask)
        batch = draw(policy, theta, prompts, TASK.reward, groups=GROUPS * interval, **how)
        rewards.append(float(batch.rewards.mean()))
        rows = {
            "prompt_ids": batch.prompts.repeat_interleave(SIZE, 0),
            "prompt_mask": batch.prompt_mask.repeat_interleave(SIZE, 0),
            "completion_ids": batch.tokens.flatten(0, 1),
            "completion_mask": batch.mask.flatten(0, 1).long(),
            "old_per_token_logps": batch.behaviour.flatten(0, 1),
            "advantages": loss.advantages(batch.rewards).flatten(),
        }
        for part in torch.randperm(len(rows["advantages"]), generator=g).chunk(interval):
            inputs = {k: x[part] for k, x in rows.items()} | {"num_items_in_batch": batch.mask.sum()}
            h = gradient(lambda point, inputs=inputs, held=theta: loss.step(policy, inputs, point, held), theta)
            u, state = update.move(h, state, theta)
            theta = add(theta, u, eta)
    return rewards


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
}


def settings(steps):
    """What the runs have in common."""
    return {"task": TASK.name, "eta": ETA, "groups": GROUPS, "group_size": SIZE, "steps": steps, "margin": MARGIN}


def curves(seeds, steps, found, keep=lambda found: None):
    """Rewards by interval, kind and seed, added to those found before; ``keep`` is called after each run."""
    for seed, interval, (kind, make) in itertools.product(range(seeds), INTERVALS, KINDS.items()):
        known = found.setdefault(str(interval), {}).setdefault(kind, [])
        if len(known) == seed:
            known.append(make(seed, interval, steps))
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
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    before = json.loads(chosen.out.read_text()) if chosen.out.exists() else settings(chosen.steps) | {"curves": {}}
    if {k: before[k] for k in settings(chosen.steps)} != settings(chosen.steps):
        parser.error(f"expected a file with the settings {settings(chosen.steps)} or none at {chosen.out}")

    def keep(found, **more):
        part = chosen.out.with_suffix(".part")
        part.write_text(json.dumps(settings(chosen.steps) | {"curves": found} | more) + "\n")
        part.replace(chosen.out)

    found = curves(chosen.seeds, chosen.steps, before["curves"], keep)
    keep(found, verdicts=verdicts(found))


if __name__ == "__main__":
    main()
