"""Shared definitions of optimizers, as torch.optim computes them: momentum, Adam, weight decay, coordinates."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Definition, Rel
from .proof.vectors import Norm

__all__ = [
    "BUFFER",
    "BUFFER_START",
    "COORDINATES",
    "DECAYED",
    "FIRST_HAT",
    "FIRST_MOMENT",
    "FIRST_START",
    "GEOMETRIC",
    "OPTIMIZERS",
    "RAW_PARTS",
    "SECOND_HAT",
    "SECOND_MOMENT",
    "SECOND_START",
]

_k = sy.k_step


def _buffer() -> Rel:
    return Rel(sy.buf_at(_k + 2), "=", sy.mom_rate * sy.buf_at(_k + 1) + (1 - sy.mom_damp) * sy.grad_at(_k + 2))


def _first() -> Rel:
    b = sy.beta_one
    return Rel(sy.adam_m(_k + 1), "=", b * sy.adam_m(_k) + (1 - b) * sy.adam_g(_k + 1))


def _second() -> Rel:
    b = sy.beta_two
    return Rel(sy.adam_v(_k + 1), "=", b * sy.adam_v(_k) + (1 - b) * sy.adam_g(_k + 1) ** 2)


def _geometric(x: Any) -> Rel:
    if not x.is_positive:  # the sum is declared positive
        raise ValueError(f"expected a positive number, got {x}")
    t = sy.t_opt
    return Rel(sy.geo_sum(x, t), "=", sympy.Sum(x ** (t - 1 - _k), (_k, 0, t - 1)))


def _coordinates() -> Rel:
    squares = sympy.Sum(sy.coord_at(sy.i_par) ** 2, (sy.i_par, 1, sy.d_par))
    return Rel(Norm(sy.u_at(sy.t_opt)) ** 2, "=", squares)


def _decayed(k: Any) -> Rel:
    return Rel(sy.u_at(k), "=", sy.raw_at(k) - sy.wd_rate * sy.theta_at(k))


def _raw_parts(k: Any) -> Rel:
    return Rel(Norm(sy.raw_at(k)) ** 2, "=", sympy.Sum(sy.raw_part(sy.i_par, k) ** 2, (sy.i_par, 1, sy.d_par)))


BUFFER = Definition("buffer", "one step of the momentum buffer, after the first", _buffer)
BUFFER_START = Definition(
    "buffer-start", "it starts with the first gradient, undampened", lambda: Rel(sy.buf_at(1), "=", sy.grad_at(1))
)
FIRST_MOMENT = Definition("first-moment", "one step of the first moment", _first)
FIRST_START = Definition("first-start", "it starts at zero", lambda: Rel(sy.adam_m(0), "=", 0))
SECOND_MOMENT = Definition("second-moment", "one step of the second moment", _second)
SECOND_START = Definition("second-start", "it starts at zero", lambda: Rel(sy.adam_v(0), "=", 0))
DECAYED = Definition(
    "decayed",
    "decoupled weight decay pulls the parameters towards zero",
    _decayed,
)
FIRST_HAT = Definition(
    "first-hat",
    "bias correction of the first moment",
    lambda: Rel(sy.adam_mh * (1 - sy.beta_one**sy.t_opt), "=", sy.adam_m(sy.t_opt)),
)
SECOND_HAT = Definition(
    "second-hat",
    "bias correction of the second moment",
    lambda: Rel(sy.adam_vh * (1 - sy.beta_two**sy.t_opt), "=", sy.adam_v(sy.t_opt)),
)
GEOMETRIC = Definition("geometric", "sum of geometric weights", _geometric)
COORDINATES = Definition("coordinates", "squared norm of an update by coordinates", _coordinates)
RAW_PARTS = Definition("raw-parts", "squared norm of an update before decay, by coordinates", _raw_parts)

OPTIMIZERS = (
    *(BUFFER, BUFFER_START, FIRST_MOMENT, FIRST_START, SECOND_MOMENT, SECOND_START),
    *(FIRST_HAT, SECOND_HAT, GEOMETRIC, DECAYED, COORDINATES, RAW_PARTS),
)
