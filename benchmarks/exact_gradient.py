"""Exact H(θ,φ) and ∂_φH·v by the response tree, against the obvious loop of one autograd call per response.

    python benchmarks/exact_gradient.py [--device cpu|cuda] [--prompts 64] [--vocab 8] [--length 4] [--group 8]

64 prompts × 8**4 = 4096 responses, tabular softmax, float64. Each route runs in its own child process so that its peak
resident memory is its own; the loop is timed on one prompt and scaled by the number of prompts, and the table says so.
One run each after a warm-up of the same call, nothing discarded. Not part of the tests.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time

import torch
from stalelaw.verify.advantages import advantage
from stalelaw.verify.objectives import behaviour_jvp, surrogate_gradient
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.problems import generator
from stalelaw.verify.tasks import digit_sum
from stalelaw.verify.trees import add, random_unit

ROUTES = ("idle", "tree H", "tree dH.v", "loop H", "loop dH.v")


def build(arguments, prompts):
    policy = TabularSoftmax(prompts, arguments.vocab, arguments.length)
    rewards = digit_sum(prompts, arguments.vocab, arguments.length).to(arguments.device)
    g = generator(0)
    theta = policy.random(g, device=arguments.device)
    phi, v = add(theta, random_unit(theta, g), 0.1), random_unit(theta, g)
    return Objective(policy, rewards, arguments.group), theta, phi, v


def loop_gradient(objective, theta, phi):
    """H of one prompt, one backward pass per response: Σ_y π_φ(y) A_r(y)(p_φ) (1/L) Σ_k ∇ρ_k."""
    policy, (rewards,) = objective.policy, objective.rewards
    leaf = theta["logits"].detach().requires_grad_()
    n, vocab, length = vocab_powers(policy)
    log_phi = [level[0].reshape(-1) for level in policy.levels(phi)]
    law = sum_over_prefixes(log_phi, n, vocab, length).exp()
    p = (law * rewards).sum()
    gaps = [advantage(p, r, objective.group_size) for r in (0, 1)]
    total = torch.zeros_like(leaf)
    log_theta = [level[0].reshape(-1) for level in policy.levels({"logits": leaf})]  # one forward serves all responses
    for y in range(n):
        edges = [y // vocab ** (length - 1 - k) for k in range(length)]
        ratios = sum((log_theta[k][e] - log_phi[k][e]).exp() for k, e in enumerate(edges)) / length
        loss = law[y] * gaps[int(rewards[y])] * ratios
        total = total + torch.autograd.grad(loss, leaf, retain_graph=True)[0]
    return total


def vocab_powers(policy):
    return policy.vocab**policy.length, policy.vocab, policy.length


def sum_over_prefixes(log_phi, n, vocab, length):
    y = torch.arange(n, device=log_phi[0].device)
    return sum(log_phi[k][y // vocab ** (length - 1 - k)] for k in range(length))


def loop_push(objective, theta, phi, v, h=1e-5):
    """∂_φH·v of one prompt by a central difference of the loop: what one does without second derivatives."""
    up, down = (loop_gradient(objective, theta, add(phi, v, s)) for s in (h, -h))
    return (up - down) / (2 * h)


def child(route, arguments):
    """Run one route and print seconds, memory in MiB and a checksum."""
    torch.set_num_threads(arguments.threads)
    prompts = 1 if route.startswith("loop") else arguments.prompts
    objective, theta, phi, v = build(arguments, prompts)
    calls = {
        "idle": lambda: theta["logits"],
        "tree H": lambda: surrogate_gradient(objective, theta, phi)["logits"],
        "tree dH.v": lambda: behaviour_jvp(objective, theta, phi, v)["logits"],
        "loop H": lambda: loop_gradient(objective, theta, phi),
        "loop dH.v": lambda: loop_push(objective, theta, phi, v),
    }
    cuda = arguments.device.startswith("cuda")
    wait = torch.cuda.synchronize if cuda else lambda: None
    if not route.startswith("loop"):
        calls[route]()  # warm-up: first use loads kernels and transforms
    wait()
    start = time.perf_counter()
    result = calls[route]()
    wait()
    seconds = (time.perf_counter() - start) * (arguments.prompts if route.startswith("loop") else 1)
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    memory = torch.cuda.max_memory_allocated() / 2**20 if cuda else rss
    print(json.dumps({"route": route, "seconds": seconds, "memory": memory, "norm": float(result.norm())}))


def agreement(arguments):
    """Largest relative difference of the two routes on one prompt of a smaller tree."""
    small = argparse.Namespace(**{**vars(arguments), "vocab": 4, "length": 3})
    objective, theta, phi, v = build(small, 1)
    pairs = (
        (surrogate_gradient(objective, theta, phi)["logits"], loop_gradient(objective, theta, phi)),
        (behaviour_jvp(objective, theta, phi, v)["logits"], loop_push(objective, theta, phi, v)),
    )
    return [float((a - b).norm() / a.norm()) for a, b in pairs]


def environment(arguments):
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            name = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    lines = [f"CPU {name}", f"torch {torch.__version__}", f"threads {arguments.threads}", f"device {arguments.device}"]
    if arguments.device.startswith("cuda"):
        query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        gpu = subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip()
        lines += [f"GPU and driver: {gpu}", f"CUDA {torch.version.cuda}"]
    return " · ".join([*lines, f"Python {platform.python_version()}", platform.platform()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    for name, default in (("prompts", 64), ("vocab", 8), ("length", 4), ("group", 8), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--route", choices=ROUTES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.route:
        child(arguments.route, arguments)
        return
    torch.set_num_threads(arguments.threads)
    found = {}
    for route in ROUTES:
        command = [sys.executable, __file__, *sys.argv[1:], "--route", route]
        found[route] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    responses = arguments.vocab**arguments.length
    kind = "device memory" if arguments.device.startswith("cuda") else "resident memory"
    print(f"{arguments.prompts} prompts × {responses} responses, G = {arguments.group}, float64\n")
    print(f"| quantity | route | seconds | peak {kind} (MiB) |\n|---|---|---|---|")
    for route in ROUTES[1:]:
        row, scaled = found[route], route.startswith("loop")
        how = "one call per response, one prompt timed × prompts" if scaled else "response tree, all prompts"
        memory = f"{row['memory']:.0f}{' (one prompt)' if scaled else ''}"
        print(f"| {route.split()[1]} | {how} | {row['seconds']:.4g} | {memory} |")
    print(f"\nA process that only imports torch and holds the parameters peaks at {found['idle']['memory']:.0f} MiB.")
    for quantity in ("H", "dH.v"):
        factor = found[f"loop {quantity}"]["seconds"] / found[f"tree {quantity}"]["seconds"]
        print(f"\n{quantity}: the tree is {factor:.3g} times faster.")
    h, push = agreement(arguments)
    print(f"\nRelative difference of the routes (4 tokens, length 3): H {h:.1e}; dH.v {push:.1e} (central difference).")
    print(f"\n{environment(arguments)}")


if __name__ == "__main__":
    main()
