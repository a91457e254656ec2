"""Synthetic logs and an in-process command line for the tests of the practice room."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from stalelaw.practice.cli import app
from typer.testing import CliRunner

settings.register_profile("practice", deadline=None)  # no timed assertions
settings.load_profile("practice")

ROOT = Path(__file__).resolve().parents[2]
LEARNS = [0.2, 0.4, 0.6, 0.8, 0.9, 0.9, 0.95, 0.9, 0.92, 0.93]
FALLS = [0.5, 0.6, 0.7, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.err == ""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} in the output"))


@pytest.fixture
def invoke():
    """Run the command line in process; ``code`` is checked when given."""

    def run(*arguments, code=0):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def runs():
    return ROOT / "examples" / "runs"


@pytest.fixture
def write_log(tmp_path):
    """Write a trainer_state.json: ``rewards`` every ``gap`` steps, a learning rate in every row."""

    def write(name, rewards, lr=1e-6, gap=1, steps=None, extra=None, raw=None):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if raw is not None:
            path.write_bytes(raw)
            return path
        total = steps if steps is not None else gap * len(rewards)
        rates = lr if callable(lr) else (lambda step: lr)
        rows = [{"step": step, "learning_rate": rates(step), "loss": 0.1} for step in range(1, gap * len(rewards) + 1)]
        for index, reward in enumerate(rewards):
            rows[index * gap]["reward"] = reward
        rows.append({"step": total, "train_runtime": 1.0})
        path.write_text(json.dumps({"global_step": total, "log_history": rows, **(extra or {})}))
        return path

    return write


@pytest.fixture
def learns():
    return list(LEARNS)


@pytest.fixture
def falls():
    return list(FALLS)
