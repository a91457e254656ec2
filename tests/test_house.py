"""The shape of the house: directions of import, one file per claim, sizes, what is never used, what is shipped."""

import ast
import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import stalelaw
from stalelaw.theory.claims import written

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("theory", "verify", "practice")
SOURCES = sorted(path for room in (*ROOMS, "stalelaw") for path in (ROOT / room).rglob("*.py"))
# The prover names bound indices, atoms of polynomials and copies of a claim's names; the renderer typesets names that
# are no symbols of ours.
PROVERS = {"theory/render/document.py"} | {
    f"theory/proof/{name}.py" for name in ("meaning", "normal_form", "records", "smtlib", "structure", "vectors")
}
LINES, TARGET = 400, 250


def name(path):
    return path.relative_to(ROOT).as_posix()


def each_source(*rooms):
    return pytest.mark.parametrize("path", [p for p in SOURCES if not rooms or name(p).startswith(rooms)], ids=name)


def module_of(path):
    """The import name of a source file; ``a/__init__.py`` is ``a.__init__``, so that its relative imports resolve."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] == "stalelaw" else ("stalelaw", *parts))


def imports(source, module):
    """Absolute dotted names that a module imports anywhere, also inside functions, and whether each was relative."""
    found = set()
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, False) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found |= {(f"{stem}.{alias.name}", node.level > 0) for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            found |= {(a.value, False) for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def calls(source):
    """Dotted names of everything that is called, such as ``sympy.Symbol`` or ``eval``."""
    return [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


FORBIDDEN = {
    "stalelaw": ("torch", "sympy", "stalelaw.verify", "stalelaw.practice"),
    "theory": ("torch", "functorch", "transformers", "stalelaw.verify", "stalelaw.practice"),
    "verify": ("sympy", "z3", "cvc5", "stalelaw.practice"),
    "practice": (),
}


def wrong_imports(source, module, room):
    """Imports against the direction theory <- verify <- practice, and absolute ones between rooms."""
    wrong = []
    for target, relative in imports(source, module):
        if any(target == bad or target.startswith(f"{bad}.") for bad in FORBIDDEN[room]):
            wrong.append(f"{room} may not import {target}")
        if not relative and re.match(r"(stalelaw\.)?(theory|verify|practice)(\.|$)", target):
            wrong.append(f"import {target} relatively")
    return wrong


@each_source()
def test_knowledge_flows_one_way(path):
    room = "practice" if path.name == "__main__.py" else name(path).split("/")[0]
    assert wrong_imports(path.read_text(), module_of(path), room) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("theory", "import torch"),
        ("theory", "def f():\n    from torch.func import vjp"),
        ("theory", "from ..verify import lag"),
        ("theory", "from .. import verify"),
        ("theory", "importlib.import_module('torch')"),
        ("verify", "import sympy as sp"),
        ("verify", "from ..practice.plan import plan"),
        ("verify", "from stalelaw.theory import bridge"),
        ("practice", "import stalelaw.verify.runs.lag"),
        ("practice", "from theory import bridge"),
    ],
)
def test_each_wrong_import_would_be_seen(room, source):
    assert wrong_imports(source, f"stalelaw.{room}.module", room)


def test_right_imports_pass():
    assert wrong_imports("from ..theory import bridge\nimport torch", "stalelaw.verify.module", "verify") == []
    assert wrong_imports("from ...theory.claims import get", "stalelaw.verify.claims.drift", "verify") == []


def test_only_the_bridge_compiles_expressions():
    users = [name(path) for path in SOURCES if any("lambdify" in call for call in calls(path.read_text()))]
    assert users == ["theory/bridge.py"]


def test_symbols_are_made_in_one_place():
    made = re.compile(r"(?:\w+\.)?(Symbol|Dummy|Wild|symbols|Function|IndexedBase|MatrixSymbol)$")
    makers = {name(path) for path in SOURCES if any(made.match(call) for call in calls(path.read_text()))}
    assert makers - PROVERS == {"theory/symbols/registry.py"}
    assert all((ROOT / path).exists() for path in PROVERS)


def top_names(source):
    """Names that a star import takes from what a module itself binds."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [each for each in found if not each.startswith("_")]


def bound_twice(sources):
    """Names that two of the modules bind, or one of them twice: where all are star-imported, the last one wins."""
    counts = Counter(each for source in sources for each in top_names(source))
    return sorted(each for each, count in counts.items() if count > 1)


def test_no_name_of_a_symbol_is_bound_twice():
    """``from .area import *`` would silently replace the symbol of another area, or a maker of the registry."""
    files = [path for path in (ROOT / "theory" / "symbols").glob("*.py") if path.name != "__init__.py"]
    assert any(path.name == "registry.py" for path in files)
    assert bound_twice([path.read_text() for path in files]) == []


def test_a_name_bound_twice_would_be_seen():
    one, other = "def scalar(): ...\nx = y = 1\nA, B = 1, 2", "x: int = 2\nB = scalar = 3"
    assert bound_twice([one]) == []
    assert bound_twice([one, other]) == ["B", "scalar", "x"]
    assert bound_twice(["x = 1\nx = 2"]) == ["x"]


def test_every_measurable_claim_has_two_files_of_one_name():
    expected = {claim.id.replace("-", "_") for claim in written() if claim.kind not in ("definition", "cited")}
    measured = {path.stem for path in (ROOT / "verify" / "claims").glob("*.py")} - {"__init__"}
    stated = {path.stem for path in (ROOT / "theory" / "claims").glob("*.py")} - {"__init__"}
    assert measured == expected
    assert stated >= expected
    assert stated == {claim.id.replace("-", "_") for claim in written()}


@pytest.mark.parametrize(
    "path", [p for p in (*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))) if "snapshots" not in p.parts], ids=name
)
def test_files_stay_readable(path):
    lines = len(path.read_text().splitlines())
    assert lines <= LINES, f"{lines} lines; at most {LINES}, aim at {TARGET}: split by meaning"


@each_source()
def test_nothing_is_executed_from_data(path):
    bad = {"eval", "exec", "pickle.load", "pickle.loads", "os.system", "sympy.parse_expr", "parse_expr", "yaml.load"}
    text = path.read_text()
    assert not bad & set(calls(text))
    assert not {"pickle", "dill", "marshal", "shelve", "joblib"} & {
        target.split(".")[0] for target, _ in imports(text, "x")
    }
    for node in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)):
        called = ast.unparse(node.func)
        if called.endswith("sympify"):
            assert node.args
            assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), "sympify of a text is eval"
        if called == "torch.load":
            assert {k.arg: ast.unparse(k.value) for k in node.keywords}.get("weights_only") == "True"


def tracked():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [path for path in listing.stdout.split("\0") if path and (ROOT / path).is_file()]


PARTS = ("pypi", "org"), ("python", "hosted.org"), ("download", "pytorch.org")  # no registry is named here either
HOSTS = [("" if first == "python" else ".").join((first, rest)) for first, rest in PARTS]
PRIVATE = re.compile(
    r"/(?:home|root|Users|tmp|var/tmp|work|opt|mnt|data)/\w"  # a path of one machine
    r"|[A-Za-z]:\\\\?Users"
    rf"|\b(?:{'|'.join(map(re.escape, HOSTS))})\b"
    r"|\b(?:(?:localhost|127\.0\.0\.1)(?::\d+)?/simple|index-url\s*=)"
)


def test_no_machine_or_registry_is_named():
    assert PRIVATE.search("see " + "/ho" + "me/ann/x")
    assert PRIVATE.search("extra-index" + "-url = x")
    assert all(PRIVATE.search(f"from https://{host}/x") for host in HOSTS)
    found = []
    for path in tracked():
        if path == "LICENSE" or (ROOT / path).suffix in (".png", ".pdf"):
            continue
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1):
            if PRIVATE.search(line):
                found.append(f"{path}:{number}: {line.strip()[:120]}")
    assert found == []


def test_help_loads_neither_torch_nor_sympy():
    code = (
        "import sys\nfrom stalelaw.practice.cli import main\n"
        "sys.argv = ['stalelaw', '--help']\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "heavy = {'torch', 'sympy', 'numpy', 'z3', 'cvc5', 'matplotlib', 'pydantic', 'scipy'} & set(sys.modules)\n"
        "print('heavy:', *sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "heavy:"
    assert "Exit codes" in done.stdout


def test_the_version_is_typed_once():
    assert importlib.metadata.version("stalelaw") == stalelaw.__version__
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text()


def test_torch_is_imported_by_no_command_that_does_without(tmp_path):
    """``derive``, ``calibrate`` and ``plan`` work where torch is not installed."""
    code = (
        "import sys\nsys.modules['torch'] = None\nfrom stalelaw.practice.cli import main\n"
        "sys.argv = ['stalelaw', *sys.argv[1:]]\nmain()\n"
    )
    log = ROOT / "examples" / "runs" / "S16_lr1e-3.json"
    commands = [
        ["plan", "--a", "1.6e-6", "--b", "3.2e-5", "--staleness", "16", "--horizon", "320", "--json"],
        ["calibrate", str(log), "--staleness", "16", "--json"],
        ["derive", "drift", "--json"],
    ]
    for command in commands:
        done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["stalelaw_version"] == stalelaw.__version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the tracked and new sources, so that the tree stays clean."""
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("setuptools is not installed")
    import shutil

    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for part in (*ROOMS, "stalelaw", "examples"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, tree / part)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(out)]
    done = subprocess.run([*command, str(tree)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("stalelaw-*.whl")
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_the_wheel_has_one_package_at_the_top(wheel):
    tops = {entry.split("/")[0] for entry in wheel}
    assert tops == {"stalelaw", f"stalelaw-{stalelaw.__version__}.dist-info"}


def test_the_wheel_has_every_module_and_data_file(wheel):
    data = {".j2", ".json", ".css", ".typed", ".js"}
    expected = set()
    for room in (*ROOMS, "stalelaw"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix in data | {".py"}:
                inside = name(path) if room == "stalelaw" else f"stalelaw/{name(path)}"
                expected.add(inside)
    assert expected - set(wheel) == set()
    assert any(entry.startswith("stalelaw/practice/presets/") for entry in wheel)
    assert sum(entry.startswith("stalelaw/examples/runs/") for entry in wheel) == 6
