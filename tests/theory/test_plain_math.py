"""What counts as plain mathematics compiles, whatever it is made of; what does not typeset alone is refused."""

import random

import pytest
from stalelaw.theory import plain_math
from stalelaw.theory.plain_math import is_plain_math
from stalelaw.theory.render import pdf
from stalelaw.theory.symbols import scalar

COMMANDS = sorted(
    {
        f"\\{name}"
        for name in (*plain_math._PLAIN, *plain_math._ARGUMENTS, *plain_math._SIZES, "left", "right", "limits")
    }
)
ALPHABET = [*COMMANDS, *(f"\\{sign}" for sign in ",;!{}| "), *"{}{}{}{}{}{}{}__^^^'''ab12()[]|+-=<>,./ " * 3]


def by_hand():
    """Every command the way it is meant to be used."""
    for name in sorted(plain_math._PLAIN):
        yield f"\\{name}"
    for name in sorted(plain_math._BARE):
        yield from (f"x_\\{name}^\\{name}", f"\\frac\\{name}\\{name}", f"\\hat\\{name}", f"\\mathrm\\{name}")
    for name, count in plain_math._ARGUMENTS.items():
        yield from (f"\\{name}" + "{x}" * count, f"x_{{\\{name}" + "{x}" * count + "}")
    for name in sorted(plain_math._SIZES):
        yield from (f"\\{name}{sign} x" for sign in sorted(plain_math._CLOSING))
    for name in sorted(plain_math._LIMITED):
        yield f"{name}\\limits_x^y z"
    for name in sorted(plain_math._OPERANDS):
        yield f"x^\\{name}{{ab}}"
    yield from (r"\left(\left\{x\right.\right)", r"\sqrt[3]{x}", "x''^2_1", "{" * 150 + "x" + "}" * 150)


def drawn(count):
    """Random strings of commands, brackets and scripts that pass."""
    rng, found = random.Random(0), set()
    while len(found) < count:
        text = " ".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 9)))
        found |= {text} if is_plain_math(text) else set()
    return sorted(found)


def test_every_command_passes_where_it_is_meant():
    assert [text for text in by_hand() if not is_plain_math(text)] == []


@pytest.mark.tex
@pytest.mark.skipif(pdf.missing_tex() is not None, reason=str(pdf.missing_tex()))
def test_what_passes_compiles():
    head = r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}\sloppy"
    body = "\n\n".join(f"${text}$" for text in [*by_hand(), *drawn(2000)])
    assert pdf.compile_tex(f"{head}\n{body}\n\\end{{document}}")[:5] == b"%PDF-"


@pytest.mark.parametrize("tex", ["", " ", r"\input{x}", r"\write18{x}", r"\left(", "a^b^c", "a#b", "%", "é"])
def test_a_symbol_that_does_not_only_typeset_is_refused(tex):
    with pytest.raises(ValueError, match=r"hostile_symbol.*only typesets"):
        scalar("hostile_symbol", tex, "1", "never registered")
