"""Runs that survive their process: state in safetensors, rows in JSON lines, and resumption to the same bits.

A folder holds ``run.json`` (what is run), ``states/00000100.safetensors`` (one per saved step, each with its history,
moments, generator and shared generation) and ``rows.jsonl`` (one learner step per line). Rows are on the disk before
the state after them, and every other file appears whole or not at all. So after a kill at any moment the last state and
the rows before it are complete; later rows are cut off and made again, bit by bit the same. A state carries the SHA-256
of what it holds and is refused where that differs; one of an earlier version, which has none, is taken as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ..populations.batches import Batch
from ..runs.asynchronous import Row, Trainer, TrainState
from ..runs.generation import Generation
from ..trees import Params

__all__ = ["kept", "load_state", "read_rows", "resume", "save_state", "saved_state", "saved_steps"]

REMOVE = "remove it to go on from the state before"
OTHER = "do two runs write there? choose another folder"


def resume(
    trainer: Trainer,
    start: Callable[[], Params],
    seed: int,
    steps: int,
    folder: Path,
    settings: Mapping[str, Any],
    every: int = 50,
    on_step: Callable[[Row], None] | None = None,
) -> TrainState:
    """Make a run of ``steps`` learner steps in a folder, going on from the last saved state there.

    Args:
        trainer: what does not change.
        start: makes θ_0; called for a new run only.
        seed: of the run's generator.
        steps: T; a longer T than before prolongs the run.
        folder: made where it does not exist.
        settings: what is run, JSON-able; a folder made with other settings is refused.
        every: learner steps between saved states; the last one is saved too.
        on_step: called with every new row.

    Returns:
        The state at T.

    Raises:
        ValueError: other settings, fewer steps than are there, or damaged files (which one, and what to do).
    """
    if steps < 1 or every < 1:
        raise ValueError(f"expected steps >= 1 and every >= 1, got {steps} and {every}")
    (folder / "states").mkdir(parents=True, exist_ok=True)
    _same_settings(folder / "run.json", settings)
    saved, device = saved_steps(folder), trainer.task.prompts.device
    if saved and saved[-1] > steps:
        raise ValueError(f"expected at most {steps} saved steps; got {saved[-1]} in {folder}; choose another folder")
    if saved:
        state = saved_state(folder, saved[-1], device)
    else:
        state = trainer.start(start(), seed)
        save_state(_place(folder, 0), state)
    _cut(folder / "rows.jsonl", state.step)
    fresh = list[Row]()
    while state.step < steps:
        state, row = trainer.step(state)
        fresh.append(row)
        if state.step % every == 0 or state.step == steps:
            _append(folder / "rows.jsonl", fresh)
            save_state(_place(folder, state.step), state)
            fresh = []
        if on_step is not None:
            on_step(row)
    return state


def kept(path: Path, key: Mapping[str, Any], make: Callable[[], Any]) -> Any:
    """Return what ``make`` returns, JSON-able, and keep it in a file: made once per key, however often it is asked for.

    Args:
        path: of the file; one made with another key is replaced.
        key: what the result depends on, JSON-able.
        make: called where the file does not hold the result yet.
    """
    stamp = json.dumps(key, sort_keys=True)
    if path.exists():
        with suppress(ValueError, KeyError):
            found: Any = json.loads(path.read_text(encoding="utf-8"))
            if found["key"] == stamp:
                return found["result"]
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, json.dumps({"key": stamp, "result": make()}, allow_nan=False).encode())
    return kept(path, key, make)


def saved_steps(folder: Path) -> list[int]:
    """Return the steps whose state is saved in a run's folder, in order. Raises ValueError on a file that is none."""
    found = list((folder / "states").glob("*.safetensors"))
    for path in found:
        if not path.stem.isdecimal() or path != _place(folder, int(path.stem)):
            known = _place(folder, 100).name
            raise ValueError(f"expected states named by their step, as {known}; got {path}; move it elsewhere")
    return sorted(int(path.stem) for path in found)


def saved_state(folder: Path, step: int, device: torch.device | str = "cpu") -> TrainState:
    """Return the state saved at a step. Raises ValueError where there is none, or a damaged or another one."""
    path = _place(folder, step)
    state = load_state(path, device)
    if state.step != step:
        raise ValueError(f"expected the state of step {step}; got that of step {state.step} in {path}; {REMOVE}")
    return state


def save_state(path: Path, state: TrainState) -> None:
    """Write a state, whole or not at all."""
    parts = {"history": state.history, "moment": state.optimizer[1]}
    tensors = {
        f"{kind}.{i}.{name}": leaf.detach().cpu().contiguous()
        for kind, points in parts.items()
        for i, point in enumerate(points)
        for name, leaf in point.items()
    }
    numbers = {"step": state.step, "moved": state.optimizer[0], "names": list(state.history[-1])}
    numbers |= {kind: len(points) for kind, points in parts.items()}
    if (shared := state.generation) is not None:
        columns = {f.name: getattr(shared.batch, f.name) for f in fields(shared.batch)} | {"order": shared.order}
        numbers["generation"] = list(columns)
        tensors |= {f"generation.{name}": column.cpu().contiguous() for name, column in columns.items()}
    tensors["generator"] = state.generator
    written = json.dumps(numbers)
    _write(path, save(tensors, {"state": written, "sha256": _digest(written, tensors)}))


def _digest(numbers: str, tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of the numbers and of every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(numbers.encode())
    for name, leaf in sorted(tensors.items()):
        found.update(f"\n{name} {leaf.dtype} {tuple(leaf.shape)}\n".encode())
        found.update(leaf.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def load_state(path: Path | str, device: torch.device | str = "cpu") -> TrainState:
    """Read a state back, bit by bit the same. Raises ValueError where there is no such file, or a damaged one."""
    opened: Any = safe_open
    try:
        with opened(path, framework="pt") as file:
            written = file.metadata()
            tensors: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        numbers = json.loads(written["state"])
        if written.get("sha256") not in (None, _digest(written["state"], tensors)):
            raise ValueError("a content that its checksum does not fit")

        def points(kind: str) -> tuple[Params, ...]:
            def leaf(i: int, name: str) -> Tensor:
                return tensors[f"{kind}.{i}.{name}"].to(device)

            return tuple({name: leaf(i, name) for name in numbers["names"]} for i in range(numbers[kind]))

        def generation() -> Generation | None:
            if "generation" not in numbers:
                return None
            columns = {k: tensors[f"generation.{k}"].to(device) for k in numbers["generation"]}
            return Generation(order=columns.pop("order"), batch=Batch(**columns))

        optimizer = int(numbers["moved"]), points("moment")
        return TrainState(int(numbers["step"]), points("history"), optimizer, tensors["generator"], generation())
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"expected a saved training state; got {error!s:.120} in {path}; {REMOVE}") from error


def read_rows(folder: Path) -> list[Row]:
    """Return the rows of a run; an unfinished last line is left out.

    Raises:
        ValueError: a line that is no row, or steps that do not count 0, 1, 2, ...
    """
    path = folder / "rows.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    try:
        rows = [Row(**json.loads(line)) for line in lines]
    except (ValueError, TypeError) as error:
        raise ValueError(f"expected one row of a run per line; got {error!s:.120} in {path}; {OTHER}") from error
    if [row.step for row in rows] != list(range(len(rows))):
        raise ValueError(f"expected the steps 0..{len(rows) - 1} in order; got others in {path}; {OTHER}")
    return rows


def _place(folder: Path, step: int) -> Path:
    return folder / "states" / f"{step:08d}.safetensors"


def _same_settings(path: Path, settings: Mapping[str, Any]) -> None:
    wanted = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    if path.exists() and (got := path.read_text(encoding="utf-8")) != wanted:
        differing = [w.strip() for w, g in zip(wanted.split("\n"), got.split("\n"), strict=False) if w != g]
        raise ValueError(f"expected a run with {differing[:3]}; got another in {path.parent}; choose another folder")
    _write(path, wanted.encode())


def _cut(path: Path, steps: int) -> None:
    """Leave the first ``steps`` rows."""
    kept = path.read_bytes().split(b"\n")[:steps] if path.exists() else []
    _write(path, b"".join(line + b"\n" for line in kept if line))
    if (got := len(read_rows(path.parent))) != steps:
        raise ValueError(f"expected {steps} rows before the last saved state; got {got} in {path}; {OTHER}")


def _append(path: Path, rows: list[Row]) -> None:
    with path.open("ab") as file:
        file.write("".join(json.dumps(asdict(row)) + "\n" for row in rows).encode())
        file.flush()
        os.fsync(file.fileno())


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole: written aside, forced to the disk, renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # some file systems cannot force a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
