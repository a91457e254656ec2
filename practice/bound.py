"""A user's bound in a small TOML file, read without evaluating anything; ``verify.bounds`` measures it.

Example::

    id = "my-bound"
    kind = "upper"                                  # upper, lower, exact, leading-order
    quantity = "bias"                               # norm of H(theta_t,phi_t) - H(theta_t,theta_t)
    formula = "c * K_phi * G_upd * S_max * eta"
    domain = "inside"                               # inside: while no token is clipped; outside: also beyond
    [constants]
    c = 0.5
    [units]                                         # of constants that are no pure numbers
    c = "1"
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from .errors import BadInput, taught

if TYPE_CHECKING:
    from ..verify.bounds.own import Bound

__all__ = ["LARGEST", "read_bound"]

LARGEST = 65_536
NAME = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
EXPECTED = "a TOML file with id, kind, quantity and formula (optional: title, domain, constants, units, logits)"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    title: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["upper", "lower", "exact", "leading-order"]
    quantity: Annotated[str, Field(max_length=40)]
    formula: str
    domain: Literal["inside", "outside"] = "inside"
    constants: dict[Annotated[str, Field(pattern=NAME)], FiniteFloat] = {}
    units: dict[str, Annotated[str, Field(max_length=100)]] = {}
    logits: bool = False


def read_bound(path: Path) -> Bound:
    """Read a bound.

    Raises:
        BadInput: no such file, no TOML, a key or a value that is not in the schema, a formula outside the grammar, an
            unknown symbol, or units that do not agree; the message says what was expected and where.
    """
    from ..verify.bounds.formula import FormulaError, parse
    from ..verify.bounds.own import Bound

    file = _load(path)
    try:
        return Bound(
            id=file.id,
            kind=file.kind,
            quantity=file.quantity,
            formula=parse(file.formula),
            title=file.title,
            domain=file.domain,
            constants=file.constants,
            constant_units=file.units,
            logits=file.logits,
        )
    except FormulaError as error:
        where = f"formula, column {error.column}"
        raise BadInput(error.expected, f"{error.got} ({path}: {where})", "correct the formula") from error
    except ValueError as error:
        raise taught(error, str(path), "correct the file") from error


def _load(path: Path) -> _File:
    if not path.is_file():
        raise BadInput(EXPECTED, f"no regular file at {path}", "check the path")
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise BadInput(f"a file of at most {LARGEST} bytes", f"a larger one at {path}", "a bound is a few lines")
        return _File.model_validate(tomllib.loads(raw.decode("utf-8-sig")))
    except OSError as error:
        raise BadInput(EXPECTED, f"{path}, unreadable ({error.strerror})", "check the permissions") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadInput(EXPECTED, f"{path}: {where}: {first['msg']}", "correct the file") from error
    except (ValueError, RecursionError, OverflowError) as error:  # TOML syntax, encoding, a number of 10^5 digits
        raise BadInput(EXPECTED, f"{path}: {error}", "correct the file") from error
