"""The point of every policy kind: bounds on their sides of the dense matrices, radii against the tokens they clip."""

import numpy as np
import pytest
from stalelaw.verify.studies.points import points


@pytest.fixture(scope="module")
def found():
    return points(3, kinds=("tabular", "mlp"))


def sides(point, largest):
    """Constants by whether they respect the norm of ∂_φH: upper bounds above it, lower ones below."""
    bounds = [c for c in point.constants if c.name.startswith(("K_phi", "norm of d_phi"))]
    assert len(bounds) == 7
    return [
        c.value >= largest * (1 - 1e-12) if c.label == "upper" else c.value <= largest * (1 + 1e-12) for c in bounds
    ]


def test_every_bound_is_on_its_side(found):
    for point in found:
        largest = float(np.abs(point.behaviour).max())  # symmetric on the diagonal: the norm
        assert point.asymmetry < 1e-12
        assert all(sides(point, largest))
        assert not all(sides(point, 1e3 * largest))
        assert not all(sides(point, 1e-3 * largest))
        assert len(point.learner) == len(point.behaviour) == point.parameters


def test_the_certified_radius_is_below_the_first_clipped_token(found):
    by_kind = {point.kind: {c.name: c for c in point.constants if c.name.startswith("R_batch")} for point in found}
    table = by_kind["tabular"]
    assert table["R_batch"].label == "lower"
    assert table["R_batch"].value < table["R_batch along a ray"].value
    assert by_kind["mlp"]["R_batch"].label == "upper"


def test_the_same_seed_gives_the_same_numbers(found):
    (again,) = points(3, kinds=("tabular",))
    assert again.constants == found[0].constants
    (other,) = points(4, kinds=("tabular",))
    assert other.constants != found[0].constants
