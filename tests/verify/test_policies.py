"""Policies as pure functions: probabilities, causality, padding, tied weights, second derivatives."""

import re

import pytest
import torch
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax, Transformer, causal_lm
from stalelaw.verify.policies.precision import low_precision_islands
from stalelaw.verify.transforms import directional, gradient
from stalelaw.verify.trees import add, dot, norm, random_unit

from .small_models import huggingface

PROMPTS = torch.tensor([[0, 3], [3, 4]])
MASK = torch.tensor([[False, True], [True, True]])
KINDS = ("mlp", "transformer", "gpt2", "llama")


def policy_of(kind):
    torch.manual_seed(3)
    if kind == "mlp":
        return SequencePolicy(MLP(inputs=5, vocab=3, window=5, hidden=6).double(), vocab=3)
    if kind == "transformer":
        return SequencePolicy(Transformer(inputs=5, vocab=3, window=5, width=8, heads=2).double(), vocab=3)
    return causal_lm(huggingface(kind).double())


@pytest.fixture(scope="module", params=KINDS)
def policy(request):
    return policy_of(request.param)


def test_the_levels_are_the_chances_of_each_response_written_out(policy):
    listed, params = Enumerated(policy, PROMPTS, MASK, length=3), policy.params()
    levels = listed.levels(params)
    assert [tuple(level.shape) for level in levels] == [(2, policy.vocab**k, policy.vocab) for k in range(3)]
    for level in levels:
        torch.testing.assert_close(level.exp().sum(-1), torch.ones_like(level[..., 0]), rtol=0, atol=1e-6)
    chosen = [policy.vocab - 1, 0, 1]
    for prompt, row in enumerate(([3], [3, 4])):  # without padding, token by token
        node = 0
        for place, token in enumerate(chosen):
            alone = policy.log_probs(params, torch.tensor([row + chosen[:place]]))[0, -1]
            torch.testing.assert_close(levels[place][prompt, node], alone, rtol=0, atol=2e-7)
            node = node * policy.vocab + token


def test_later_tokens_and_padding_are_not_read(policy):
    params = policy.params()
    tokens, mask = torch.tensor([[0, 0, 3, 1, 2]]), torch.tensor([[False, False, True, True, True]])
    whole = policy.log_probs(params, tokens, mask)
    other = policy.log_probs(params, torch.tensor([[1, 2, 3, 1, 0]]), mask)
    assert torch.equal(whole[:, 2:4], other[:, 2:4])
    assert not torch.allclose(whole[:, 4], other[:, 4])


def test_forward_over_reverse_is_the_slope_of_the_gradient(policy):
    """Over a sweep of steps; the best one agrees, however the rounding of the model's own float32 parts falls."""
    listed, params = Enumerated(policy, PROMPTS, MASK, length=2), policy.params()
    v = random_unit(params, torch.Generator().manual_seed(1))

    def energy(point):
        return sum((level.exp() ** 2).sum() for level in listed.levels(point))

    exact = directional(lambda point: gradient(energy, point), params, v)
    off = []
    for h in (1e-1, 1e-2, 1e-3, 1e-4):
        ahead, behind = (gradient(energy, add(params, v, sign * h)) for sign in (1.0, -1.0))
        off.append(norm(add(exact, add(ahead, behind, -1.0), -0.5 / h)) / norm(exact))
    assert min(off) < (1e-6 if not low_precision_islands(policy, params, PROMPTS) else 1e-3)
    w = random_unit(params, torch.Generator().manual_seed(2))  # and it is symmetric
    there, back = dot(w, exact), dot(v, directional(lambda point: gradient(energy, point), params, w))
    assert there == pytest.approx(back, rel=1e-5)


def test_a_tied_weight_is_one_parameter_and_feels_both_places():
    tied, untied = (causal_lm(huggingface("llama", tie_word_embeddings=flag).double()) for flag in (True, False))
    params = tied.params()
    assert set(untied.params()) - set(params) == {"model.lm_head.weight"}
    apart = params | {"model.lm_head.weight": params["model.model.embed_tokens.weight"]}

    def chosen(policy):
        return lambda point: policy.log_probs(point, PROMPTS)[:, -1, 2].sum()

    together, parts = gradient(chosen(tied), params), gradient(chosen(untied), apart)
    both = parts["model.model.embed_tokens.weight"] + parts["model.lm_head.weight"]
    torch.testing.assert_close(together["model.model.embed_tokens.weight"], both)
    assert not torch.allclose(both, parts["model.lm_head.weight"])


def test_float32_inside_a_float64_model_is_found():
    found = low_precision_islands(llama := policy_of("llama"), llama.params(), PROMPTS)
    assert {"model.model.rotary_emb", "model.model.norm"} <= set(found)
    assert set(found.values()) == {torch.float32}
    for clean in ("gpt2", "transformer", "mlp"):
        policy = policy_of(clean)
        assert low_precision_islands(policy, policy.params(), PROMPTS) == {}
    with pytest.raises(ValueError, match=re.escape("convert the model with .double()")):
        low_precision_islands(llama, {k: v.float() for k, v in llama.params().items()}, PROMPTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: {k: v for k, v in p.items() if k != "head.bias"}, "missing ['head.bias']"),
        (lambda p: p | {"head.bias": torch.zeros(4, dtype=torch.float64)}, "expected (3,) torch.float64, got (4,)"),
        (lambda p: p | {"head.bias": torch.zeros(3)}, "got (3,) torch.float32"),
        (lambda p: p | {"head.bias": torch.tensor([0.0, torch.nan, 1.0], dtype=torch.float64)}, "got 1 others"),
    ],
)
def test_wrong_parameters_are_named(change, message):
    policy = policy_of("transformer")
    with pytest.raises(ValueError, match=re.escape(message)):
        policy.validate(change(policy.params()), "theta")


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ([[True, False], [True, True]], "padding on the left only"),
        ([[False, False], [True, True]], "at least one token"),
        ([[True], [True]], "expected bool (2, 2)"),
    ],
)
def test_wrong_masks_are_refused(mask, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Enumerated(policy_of("mlp"), PROMPTS, torch.tensor(mask), 2)


def test_a_listed_policy_serves_the_exact_measurements():
    """The same door as a tabular policy: H of an MLP is J_φᵀ of H of the table with its logits."""
    from stalelaw.verify.objectives import surrogate_gradient
    from stalelaw.verify.populations.closed import Objective
    from stalelaw.verify.tasks import digit_sum

    listed = Enumerated(policy_of("mlp"), PROMPTS, MASK, length=2)
    table, params = TabularSoftmax(2, 3, 2), listed.policy.params()
    other = add(params, random_unit(params, torch.Generator().manual_seed(4)), 0.1)
    rewards = digit_sum(2, 3, 2)

    def logits(point):
        return torch.cat(listed.levels(point), 1)

    h = surrogate_gradient(Objective(listed, rewards, 4), params, other)
    through = surrogate_gradient(Objective(table, rewards, 4), {"logits": logits(params)}, {"logits": logits(other)})
    v = random_unit(params, torch.Generator().manual_seed(5))
    pulled = (through["logits"] * directional(logits, params, v)).sum()
    assert dot(h, v) == pytest.approx(float(pulled), rel=1e-10)
