"""Random finite interpretations: a number for every symbol and every value of a function, in floating point."""

from __future__ import annotations

import math
import operator

import sympy
from stalelaw.theory.proof.vectors import Inner, Norm
from stalelaw.theory.symbols import is_vector, p_suc, q_fail
from sympy.core.function import AppliedUndef

_SCALAR = {
    sympy.sin: math.sin,
    sympy.cos: math.cos,
    sympy.exp: math.exp,
    sympy.log: math.log,
    sympy.Abs: abs,
    sympy.Pow: operator.pow,
    sympy.binomial: lambda n, k: math.comb(n, k) if k >= 0 else 0,
}
_OPS = {"=": lambda gap, room: abs(gap) <= room, "<=": operator.le, "<": lambda gap, room: gap < -room}


class Interpretation:
    """Values are drawn when first asked for, of the declared sign and integrality; vectors have three components.

    The chances p and q of success and failure add up to one, nothing else is known of any name.
    """

    def __init__(self, rng):
        self.rng, self.known = rng, {}
        self.known[p_suc] = rng.uniform(0.05, 0.95)
        self.known[q_fail] = 1 - self.known[p_suc]

    def __call__(self, e):
        if isinstance(e, sympy.Symbol):
            return self._of(e, e)
        if isinstance(e, AppliedUndef):
            return self._of((e.func, *map(self, e.args)), e)
        if isinstance(e, sympy.Rational):
            return int(e) if e.is_Integer else float(e)
        if isinstance(e, sympy.NumberSymbol):
            return float(e)
        if isinstance(e, sympy.Sum):
            return self._sum(e)
        args = [self(a) for a in e.args]
        if isinstance(e, sympy.Add):
            return _add(args)
        if isinstance(e, sympy.Mul):
            scale = math.prod(a for a in args if not isinstance(a, tuple))
            vectors = [a for a in args if isinstance(a, tuple)]
            return tuple(scale * x for x in vectors[0]) if vectors else scale
        if isinstance(e, Inner):
            return sum(map(operator.mul, *args))
        if isinstance(e, Norm):
            return math.hypot(*args[0]) if isinstance(args[0], tuple) else 0.0
        return _SCALAR[e.func](*args)

    def _of(self, name, like):
        if name not in self.known:
            self.known[name] = self._draw(like)
        return self.known[name]

    def _draw(self, like):
        if is_vector(like):
            return tuple(self.rng.gauss(0, 1) for _ in range(3))
        if like.is_integer:
            return self.rng.randint(1 if like.is_positive else 0 if like.is_nonnegative else -3, 4)
        x = self.rng.gauss(0, 1.5)
        return abs(x) if like.is_nonnegative else x

    def _sum(self, e):
        ((index, low, high),) = e.limits
        outside, terms = self.known.get(index), []
        for k in range(self(low), self(high) + 1):
            self.known[index] = k
            terms.append(self(e.function))
        self.known.pop(index, None)
        if outside is not None:
            self.known[index] = outside
        return _add(terms)

    def take(self, need):
        """Let the left side of an equation have the value of the right one where it has none yet; whether it holds."""
        name = need.lhs
        if need.op == "=" and isinstance(name, sympy.Symbol | AppliedUndef):
            self.known.setdefault(
                name if isinstance(name, sympy.Symbol) else (name.func, *map(self, name.args)), self(need.rhs)
            )
        return self.holds(need)

    def holds(self, rel):
        """Whether a relation holds up to rounding; a strict one must hold by more than that."""
        left, right = self(rel.lhs), self(rel.rhs)
        if isinstance(left, tuple) or isinstance(right, tuple):
            return all(
                math.isclose(x, y, abs_tol=1e-9) for x, y in zip(left or (0,) * 3, right or (0,) * 3, strict=True)
            )
        if rel.op in (">", ">="):
            left, right = right, left
        return _OPS[rel.op.replace(">", "<")](left - right, 1e-9 * max(1, abs(left), abs(right)))


def _add(terms):
    vectors = [t for t in terms if isinstance(t, tuple)]
    return tuple(map(sum, zip(*vectors, strict=True))) if vectors else sum(terms)
