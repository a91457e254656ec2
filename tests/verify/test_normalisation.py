"""Second and third derivatives through layer norms against central differences; torch's own fused rule fails here."""

import pytest
import torch
from stalelaw.verify.policies import SequencePolicy, Transformer
from stalelaw.verify.policies.normalisation import PlainLayerNorm, layer_norm
from stalelaw.verify.problems import generator
from stalelaw.verify.transforms import directional, gradient
from stalelaw.verify.trees import add, dot, random_unit
from torch.nn import functional


def log_p():
    torch.manual_seed(0)
    policy = SequencePolicy(Transformer(inputs=3, vocab=2, window=4, width=4, heads=2, layers=1).double(), vocab=2)
    tokens = torch.tensor([[2, 0, 1]])

    def f(params):
        return policy.log_probs(params, tokens)[0, :, 0].sum()

    g = generator(3)
    params = policy.params()
    noise = random_unit(params, g)
    return f, add(params, noise, 0.5), [random_unit(params, g) for _ in range(3)]


def difference(f, at, e, h=1e-4):
    return (f(add(at, e, h)) - f(add(at, e, -h))) / (2 * h)


def test_mixed_modes_agree_with_differences_of_the_gradient():
    f, at, (v, w, u) = log_p()

    def slope(x):
        return dot(gradient(f, x), v)  # one reverse pass: right whatever the rule

    second = float(difference(slope, at, w))
    assert float(directional(lambda x: directional(f, x, v), at, w)) == pytest.approx(second, rel=1e-6)
    assert dot(gradient(lambda x: directional(f, x, v), at), w) == pytest.approx(second, rel=1e-6)

    def curved(x):
        return float(difference(slope, x, w, 1e-3))

    third = difference(curved, at, u, 1e-3)
    found = directional(lambda x: directional(lambda y: directional(f, y, v), x, w), at, u)
    assert float(found) == pytest.approx(third, rel=1e-4)
    assert abs(third) > 1e-3


def test_it_is_the_layer_norm():
    g = torch.Generator().manual_seed(1)
    x, weight, bias = (torch.randn(3, 2, 4, generator=g, dtype=torch.float64) for _ in range(3))
    for shape, more in (((4,), ()), ((2, 4), ()), ((4,), (weight[0, 0], bias[0, 0])), ((4,), (weight[0, 0], None))):
        expected = functional.layer_norm(x, shape, *more)
        torch.testing.assert_close(layer_norm(x, shape, *more), expected, rtol=1e-13, atol=1e-13)
        with PlainLayerNorm():
            torch.testing.assert_close(functional.layer_norm(x, shape, *more), layer_norm(x, shape, *more))
