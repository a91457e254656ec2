"""H(θ,φ) and ∂_φH·v by enumeration, float64: ours, the same in JAX under jit, and the loop over responses.

    python benchmarks/against_jax.py [--prompts 64] [--vocab 8] [--length 4] [--group 8] [--rounds 15] [--threads 1]

GRPO on a tabular softmax, 64 prompts × 8**4 = 4096 responses. The JAX route is the same algorithm written in jax.numpy:
levels of the response tree, suffix expectations, grad, and jvp of grad, compiled before the first timing. All routes
run in one process that may use ``--threads`` cores, in turn, round after round; the loop is timed on one prompt, in
every third round, and scaled by the number of prompts. Median and quartiles of the rounds; nothing discarded. Without
JAX its rows are left out, with a line that says so. ``--memory`` instead prints the peak resident memory of the exact
population of any loss, part by part, for an MLP at 4096 and at 8192 responses. Not part of the tests.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

ARGUMENTS = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
SIZES = (("prompts", 64), ("vocab", 8), ("length", 4), ("group", 8), ("rounds", 15), ("threads", 1))


def jax_routes(objective, points):
    """The two quantities in JAX, as functions without arguments that return when they have been computed."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    prompts, vocab, length = objective.policy.prompts, objective.policy.vocab, objective.policy.length
    size, rewards = objective.group_size, jnp.asarray(objective.rewards.numpy())
    cuts = np.cumsum([vocab**k for k in range(length)])[:-1]

    def gap(p):
        means = [(k + r) / size for r in (1, 0) for k in range(size)]
        standard = [0.0 if m in (0.0, 1.0) else (i < size) - m for i, m in enumerate(means)]
        standard = [x / (m * (1 - m)) ** 0.5 if x else 0.0 for x, m in zip(standard, means, strict=True)]
        points = jnp.array([a - b for a, b in zip(standard[:size], standard[size:], strict=True)])
        points = jnp.broadcast_to(points, (*p.shape, size))
        for _ in range(size - 1):
            points = (1 - p[..., None]) * points[..., :-1] + p[..., None] * points[..., 1:]
        return points[..., 0]

    def surrogate(theta, phi):
        log_theta, log_phi = (jnp.split(jax.nn.log_softmax(x, -1), cuts, axis=1) for x in (theta, phi))
        chances = [jnp.exp(level) for level in log_phi]
        success = [rewards]
        for k in reversed(range(length)):
            success.insert(0, (chances[k] * success[0].reshape(prompts, vocab**k, vocab)).sum(-1))
        mean = success[0][..., None]
        weight = gap(mean)
        reach, total = jnp.ones_like(success[0]), 0.0
        for k in range(length):
            good = success[k + 1].reshape(prompts, vocab**k, vocab)
            total += (reach[..., None] * jnp.exp(log_theta[k]) * weight * (good - mean)).sum()
            reach = (reach[..., None] * chances[k]).reshape(prompts, -1)
        return total / (prompts * length)

    h = jax.grad(surrogate)
    theta, phi, v = (jnp.asarray(point["logits"].numpy()) for point in points)
    field = jax.jit(h)
    push = jax.jit(lambda t, y, u: jax.jvp(lambda z: h(t, z), (y,), (u,))[1])
    return {
        "H": lambda: np.asarray(field(theta, phi).block_until_ready()),
        "dH.v": lambda: np.asarray(push(theta, phi, v).block_until_ready()),
    }


def peak(length):
    """Print the peak resident memory (MiB) of H and ∂_φH·v of an MLP on 64 prompts × 2**length responses."""
    import torch
    from stalelaw.verify import objectives
    from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy
    from stalelaw.verify.populations.exact import ExactPopulation
    from stalelaw.verify.populations.losses import Loss
    from stalelaw.verify.populations.responses import Responses

    torch.set_num_threads(1)
    torch.manual_seed(0)
    policy = SequencePolicy(MLP(inputs=3, vocab=2, window=14, hidden=32).double(), vocab=2)
    prompts = torch.full((64, 1), 2)
    listed = Responses(Enumerated(policy, prompts, torch.ones_like(prompts, dtype=torch.bool), length))
    rewards = (listed.tokens.sum(1) % 2).double().expand(64, -1).contiguous()
    theta = policy.params()
    population = ExactPopulation(Loss("grpo"), listed, rewards, 4, at_once=2**15)
    objectives.surrogate_gradient(population, theta, theta)
    objectives.behaviour_jvp(population, theta, theta, theta)
    print(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main():
    ARGUMENTS.add_argument("--memory", nargs="?", type=int, const=0, help=argparse.SUPPRESS)
    for name, default in SIZES:
        ARGUMENTS.add_argument(f"--{name}", type=int, default=default)
    arguments = ARGUMENTS.parse_args()
    if arguments.memory:
        return peak(arguments.memory)
    if arguments.memory == 0:
        for size in (12, 13):
            command = [sys.executable, __file__, "--memory", str(size)]
            found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            print(f"MLP, 64 prompts × {2**size} responses: H and dH.v peak at {found} MiB of resident memory")
        return None
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])  # before either library starts

    import exact_gradient as loop
    import torch
    from stalelaw.verify.objectives import behaviour_jvp, surrogate_gradient

    arguments.device = "cpu"
    torch.set_num_threads(arguments.threads)
    objective, *points = loop.build(arguments, arguments.prompts)
    theta, phi, v = points
    one, *few = loop.build(arguments, 1)
    calls = {
        ("H", "ours"): lambda: surrogate_gradient(objective, theta, phi)["logits"].numpy(),
        ("dH.v", "ours"): lambda: behaviour_jvp(objective, theta, phi, v)["logits"].numpy(),
        ("H", "loop"): lambda: loop.loop_gradient(one, *few[:2]),
        ("dH.v", "loop"): lambda: loop.loop_push(one, *few),
    }
    try:
        found = jax_routes(objective, points)
    except ImportError as missing:
        print(f"JAX is not installed ({missing}): its rows are left out; pip install 'jax[cpu]' adds them.\n")
    else:
        for what, call in found.items():
            calls[what, "JAX"] = call
            mine = calls[what, "ours"]()
            off = float(abs(call() - mine).max() / abs(mine).max())
            print(f"{what}: largest difference of ours and JAX over the largest entry {off:.1e}")
    for key in (("H", "ours"), ("dH.v", "ours")):
        calls[key]()
    seconds = {key: [] for key in calls}
    for turn in range(arguments.rounds):
        for key, call in calls.items():
            if key[1] == "loop" and turn % 3:
                continue
            start = time.perf_counter()
            call()
            seconds[key].append((time.perf_counter() - start) * (arguments.prompts if key[1] == "loop" else 1))
    responses = arguments.vocab**arguments.length
    print(f"\n{arguments.prompts} prompts × {responses} responses, G = {arguments.group}, float64\n")
    print("| quantity | route | median seconds | quartiles | over ours, paired median |\n|---|---|---|---|---|")
    for (what, route), values in sorted(seconds.items()):
        low, median, high = statistics.quantiles(values, n=4)
        mine = seconds[what, "ours"][:: 3 if route == "loop" else 1]
        ratio = statistics.median(a / b for a, b in zip(values, mine, strict=True))
        print(f"| {what} | {route} | {median:.4g} | {low:.4g} to {high:.4g} | {ratio:.3g} |")
    print(f"\n{loop.environment(arguments)}")
    return None


if __name__ == "__main__":
    main()
