"""∂_φH·v and ∂_φHᵀ·w of a Llama-shaped policy against one forward and backward pass of the same loss.

    python benchmarks/language_model.py [--device cpu|cuda] [--width 256] [--layers 9] [--vocab 12000] [--groups 2]
        [--group 4] [--prompt 16] [--length 48] [--rounds 9] [--threads 1] [--loss grpo]

Random weights, float32, groups of responses drawn uniformly; about 10 M parameters by default. The loss is that of the
sampled population with its group weight, so the score term is inside. One pass is F and its gradient in θ by ordinary
autograd, with the log-probabilities of the behaviour policy given as numbers, as a trainer has them. All routes run in
one process, in turn, round after round; median and quartiles of the rounds and of the paired ratios, nothing discarded.
Not part of the tests.
"""

import argparse
import dataclasses
import os
import statistics
import time

PARSER = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
SIZES = (("width", 256), ("layers", 9), ("heads", 8), ("vocab", 12000), ("groups", 2), ("group", 4), ("prompt", 16))
SIZES += (("length", 48), ("rounds", 9), ("threads", 1))


def build(arguments):
    """The population, two points and a direction."""
    import torch
    import transformers
    from stalelaw.verify.policies import causal_lm
    from stalelaw.verify.populations.batches import Batch
    from stalelaw.verify.populations.losses import Loss
    from stalelaw.verify.populations.sampled import SampledPopulation
    from stalelaw.verify.trees import add, random_unit

    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=arguments.vocab,
        hidden_size=arguments.width,
        intermediate_size=arguments.width * 8 // 3,
        num_hidden_layers=arguments.layers,
        num_attention_heads=arguments.heads,
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )
    policy = causal_lm(transformers.LlamaForCausalLM(config).to(arguments.device).eval())
    g = torch.Generator().manual_seed(1)
    shape = (arguments.groups, arguments.group, arguments.length)
    prompts = torch.randint(arguments.vocab, (arguments.groups, arguments.prompt), generator=g)
    tokens, rewards = torch.randint(arguments.vocab, shape, generator=g), torch.rand(shape[:2], generator=g)
    mask = torch.ones(shape)
    tables = (prompts, torch.ones_like(prompts, dtype=torch.bool), tokens, mask, (rewards < 0.5).float(), -mask)
    batch = Batch(*(x.to(arguments.device) for x in tables))
    population = SampledPopulation(Loss(arguments.loss), policy, batch)
    theta = policy.params()
    phi, v = add(theta, random_unit(theta, g), 0.01), random_unit(theta, g)
    with torch.no_grad():
        drawn = population.log_tokens(phi)
    return dataclasses.replace(population, batch=dataclasses.replace(batch, behaviour=drawn)), theta, phi, v


def main():
    for name, default in SIZES:
        PARSER.add_argument(f"--{name}", type=int, default=default)
    PARSER.add_argument("--device", default="cpu")
    PARSER.add_argument("--loss", default="grpo")
    arguments = PARSER.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

    import torch
    from exact_gradient import environment
    from stalelaw.verify.objectives import behaviour_jvp, behaviour_vjp, surrogate_gradient
    from stalelaw.verify.trees import dot

    torch.set_num_threads(arguments.threads)
    population, theta, phi, v = build(arguments)
    behaviour = {"tokens": population.batch.behaviour}

    def one_pass():
        leaves = {name: leaf.clone().requires_grad_() for name, leaf in theta.items()}
        live = population.tables(leaves)
        held = {"tokens": live["tokens"].detach()}
        return torch.autograd.grad(population.score(live, held, behaviour), list(leaves.values()))

    calls = {
        "one forward and backward": one_pass,
        "H": lambda: surrogate_gradient(population, theta, phi),
        "dH.v": lambda: behaviour_jvp(population, theta, phi, v),
        "dH^T.w": lambda: behaviour_vjp(population, theta, phi, v),
    }
    wait = torch.cuda.synchronize if arguments.device.startswith("cuda") else lambda: None
    seconds = {name: [] for name in calls}
    for turn in range(arguments.rounds + 1):
        for name, call in calls.items():
            wait()
            start = time.perf_counter()
            call()
            wait()
            if turn:  # the first use loads kernels and transforms
                seconds[name].append(time.perf_counter() - start)
    count = sum(leaf.numel() for leaf in theta.values())
    rows = arguments.groups * arguments.group
    print(f"{count / 1e6:.2f} M parameters, {rows} rows of {arguments.prompt} + {arguments.length} tokens, float32\n")
    print(
        "| quantity | median seconds | quartiles | over one pass, paired: median | quartiles |\n|---|---|---|---|---|"
    )
    for name, values in seconds.items():
        ratios = [a / b for a, b in zip(values, seconds["one forward and backward"], strict=True)]
        (low, mid, high), (less, ratio, more) = (statistics.quantiles(x, n=4) for x in (values, ratios))
        print(f"| {name} | {mid:.3g} | {low:.3g} to {high:.3g} | {ratio:.3g} | {less:.3g} to {more:.3g} |")
    w = surrogate_gradient(population, theta, phi)
    left, right = dot(w, behaviour_jvp(population, theta, phi, v)), dot(behaviour_vjp(population, theta, phi, w), v)
    print(f"\nAdjoint identity: relative difference {abs(left - right) / abs(left):.1e}.\n\n{environment(arguments)}")


if __name__ == "__main__":
    main()
