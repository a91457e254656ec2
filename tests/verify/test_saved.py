"""A run that is killed at any moment goes on to the same bits; damage is found, not passed on."""

import contextlib
import dataclasses
import errno
import os
import signal

import pytest
import torch
from stalelaw.verify.policies import MLP, SequencePolicy
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.runs.asynchronous import Trainer, run
from stalelaw.verify.runs.lag import constant, periodic_sync
from stalelaw.verify.runs.updates import AdamW
from stalelaw.verify.studies import saved
from stalelaw.verify.verifiable import copy

STEPS, EVERY, SEED = 7, 3, 5
SETTINGS = {"policy": "mlp", "eta": 0.05}


@pytest.fixture(scope="module")
def trainer():
    task = copy(3, 2)
    torch.manual_seed(0)
    module = MLP(task.inputs, task.vocab, task.prompts.shape[1] + task.length, hidden=4).double()
    policy = SequencePolicy(module, task.vocab)
    return Trainer(policy, task, Loss("grpo"), AdamW(decay=0.01), constant(2), 0.05, groups=4, group_size=4)


@pytest.fixture(scope="module")
def whole(trainer):
    return run(trainer, trainer.start(trainer.policy.params(), SEED), STEPS)


def resume(trainer, folder, steps=STEPS, **changed):
    how = {"settings": SETTINGS, "every": EVERY} | changed
    return saved.resume(trainer, trainer.policy.params, SEED, steps, folder, **how)


def bits(state):
    points = [*state.history, *state.optimizer[1]]
    shared = [] if state.generation is None else [state.generation.order, *vars(state.generation.batch).values()]
    leaves = [leaf.numpy().tobytes() for point in points for leaf in point.values()]
    leaves += [str(leaf.dtype).encode() + leaf.numpy().tobytes() for leaf in shared]
    return state.step, state.optimizer[0], [list(p) for p in points], leaves, state.generator.numpy().tobytes()


class Killed(BaseException):
    """Not an Exception: no handler of ours may catch it."""


def die_at(monkeypatch, count, torn):
    """Let the process 'die' at the count-th file operation; a torn write lacks its last bytes."""
    done = 0
    real = {"replace": os.replace, "fsync": os.fsync}

    def check(name):
        def call(*arguments):
            nonlocal done
            done += 1
            if done == count:
                if torn and name == "fsync":
                    size = os.fstat(arguments[0]).st_size
                    with contextlib.suppress(OSError):  # a folder has no end to tear off
                        os.ftruncate(arguments[0], max(size - 5, 0))
                raise Killed
            return real[name](*arguments)

        return call

    for name in real:
        monkeypatch.setattr(saved.os, name, check(name))


@pytest.mark.parametrize("torn", [False, True])
def test_a_run_cut_at_any_file_operation_goes_on_to_the_same_bits(trainer, whole, tmp_path, monkeypatch, torn):
    deaths = 0
    for count in range(1, 1000):
        folder = tmp_path / str(count)
        with monkeypatch.context() as patch:
            die_at(patch, count, torn)
            try:
                resume(trainer, folder)
                break
            except Killed:
                deaths += 1
        assert bits(resume(trainer, folder)) == bits(whole[0])
        assert saved.read_rows(folder) == whole[1]
        assert saved.saved_steps(folder) == [0, 3, 6, 7]
    assert deaths > 20  # start, rows and states: every operation was cut once


def test_a_killed_process_loses_nothing(trainer, whole, tmp_path):
    child = os.fork()
    if child == 0:
        resume(trainer, tmp_path, on_step=lambda row: os.kill(os.getpid(), signal.SIGKILL) if row.step == 4 else None)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert saved.saved_steps(tmp_path) == [0, 3]
    assert bits(resume(trainer, tmp_path)) == bits(whole[0])
    assert saved.read_rows(tmp_path) == whole[1]


def test_a_run_killed_inside_a_shared_generation_loses_nothing(trainer, tmp_path):
    """States are saved at 3, 6 and 7; a generation serves the steps 0..3, the next one 4..7."""
    shared = dataclasses.replace(trainer, lag=periodic_sync(4), spread=4)
    whole, rows = run(shared, shared.start(shared.policy.params(), SEED), STEPS)

    def die(row):
        if row.step == 4:
            raise Killed

    with pytest.raises(Killed):
        resume(shared, tmp_path, on_step=die)
    last = saved.saved_state(tmp_path, 3)
    assert last.generation is not None
    assert bits(last) == bits(run(shared, shared.start(shared.policy.params(), SEED), 3)[0])
    assert bits(last) != bits(dataclasses.replace(last, generation=None))
    assert bits(resume(shared, tmp_path)) == bits(whole)
    assert saved.read_rows(tmp_path) == rows


def test_a_longer_run_prolongs_a_shorter_one(trainer, whole, tmp_path):
    resume(trainer, tmp_path, steps=2)
    assert bits(resume(trainer, tmp_path)) == bits(whole[0])
    with pytest.raises(ValueError, match="at most 5 saved steps; got 7"):
        resume(trainer, tmp_path, steps=5)


def test_the_comparison_of_bits_sees_one_bit(whole):
    state = whole[0]
    point = dict(state.history[0])
    name = next(iter(point))
    changed = point[name].clone()
    changed.view(torch.int64)[0] += 1
    other = dataclasses.replace(state, history=({**point, name: changed}, *state.history[1:]))
    assert bits(other) != bits(state)
    assert bits(dataclasses.replace(state, generator=state.generator.flip(0))) != bits(state)


def test_memory_keeps_more_of_the_path_and_changes_nothing_else(trainer, whole):
    longer = dataclasses.replace(trainer, memory=5)
    state, rows = run(longer, longer.start(longer.policy.params(), SEED), STEPS)
    assert len(state.history) == 6
    assert rows == whole[1]


def test_damage_and_other_settings_are_refused(trainer, tmp_path):
    resume(trainer, tmp_path)
    with pytest.raises(ValueError, match=r"got another in .*; choose another folder"):
        resume(trainer, tmp_path, settings={**SETTINGS, "eta": 0.1})
    place = tmp_path / "states" / "00000007.safetensors"
    place.write_bytes(place.read_bytes()[:-50])
    with pytest.raises(ValueError, match=r"expected a saved training state; got .*00000007\.safetensors; remove it"):
        resume(trainer, tmp_path)
    place.unlink()
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(rows.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(ValueError, match=r"steps 0\.\."):
        resume(trainer, tmp_path)
    rows.write_text("")
    with pytest.raises(ValueError, match="expected 6 rows before the last saved state; got 0"):
        resume(trainer, tmp_path)
    with pytest.raises(ValueError, match="steps >= 1"):
        resume(trainer, tmp_path, steps=0)


@pytest.fixture(scope="module")
def state_file(trainer, tmp_path_factory):
    """A state of every part, a shared generation included."""
    shared = dataclasses.replace(trainer, lag=periodic_sync(4), spread=4)
    folder = tmp_path_factory.mktemp("state")
    resume(shared, folder, steps=6)
    assert saved.saved_state(folder, 6).generation is not None
    return folder / "states" / "00000006.safetensors"


@pytest.mark.parametrize("place", [0.02, 0.5, 0.97, 0.99, 0.999])
def test_a_flipped_bit_in_a_saved_state_is_found(state_file, tmp_path, place):
    content = bytearray(state_file.read_bytes())
    (tmp_path / "whole").write_bytes(content)
    want = bits(saved.load_state(tmp_path / "whole"))
    header = 8 + int.from_bytes(content[:8], "little")
    at = header + int(place * (len(content) - header))
    content[at] ^= 1
    (tmp_path / "flipped").write_bytes(content)
    assert bits(saved.load_state(tmp_path / "whole")) == want
    with pytest.raises(ValueError, match=r"got a content that its checksum does not fit in .*flipped; remove it"):
        saved.load_state(tmp_path / "flipped")


def test_no_flipped_bit_in_the_numbers_of_a_state_passes_for_another_state(state_file, tmp_path):
    """Among them the step, counts and names; a bit that leaves the file as it was read may pass."""
    content, want = state_file.read_bytes(), bits(saved.load_state(state_file))
    start = content.index(b'"__metadata__"')
    other = tmp_path / "other"
    found = 0
    for at in range(start, content.index(b"}}", start) + 2):
        flipped = bytearray(content)
        flipped[at] ^= 1 << at % 8
        other.write_bytes(flipped)
        try:
            assert bits(saved.load_state(other)) == want
        except ValueError:
            found += 1
    assert found > 100


def test_a_state_without_a_checksum_is_taken_as_it_is(state_file, tmp_path):
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(state_file, framework="pt") as file:
        numbers = file.metadata()["state"]
    save_file(load_file(state_file), tmp_path / "old.safetensors", {"state": numbers})
    assert bits(saved.load_state(tmp_path / "old.safetensors")) == bits(saved.load_state(state_file))


@pytest.mark.parametrize(
    "name", ["foo.safetensors", "3.safetensors", "-0000003.safetensors", "0000003\u0663.safetensors"]
)
def test_a_foreign_file_among_the_states_is_named(trainer, tmp_path, name):
    resume(trainer, tmp_path, steps=3)
    (tmp_path / "states" / name).write_bytes(b"")
    with pytest.raises(ValueError, match=f"named by their step, as 00000100.safetensors; got .*{name}; move it"):
        resume(trainer, tmp_path)


def test_a_state_under_the_name_of_another_step_is_refused(trainer, tmp_path):
    resume(trainer, tmp_path, steps=3)
    states = tmp_path / "states"
    (states / "00000003.safetensors").rename(states / "00000005.safetensors")
    with pytest.raises(ValueError, match=r"state of step 5; got that of step 3 in .*00000005\.safetensors; remove it"):
        resume(trainer, tmp_path)


@pytest.mark.parametrize("operation", ["fsync", "replace"])
def test_a_full_disk_leaves_no_half_written_file(trainer, whole, tmp_path, monkeypatch, operation):
    resume(trainer, tmp_path, steps=3)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(saved.os, operation, full)
        with pytest.raises(OSError, match="No space"):
            resume(trainer, tmp_path)
    assert list(tmp_path.rglob("*.part")) == []
    assert bits(resume(trainer, tmp_path)) == bits(whole[0])


def test_a_result_is_made_once_per_key(tmp_path, monkeypatch):
    made = []

    def make():
        made.append(len(made))
        return {"values": (1.5, None), "number": len(made)}

    place = tmp_path / "measured" / "x.json"
    first = saved.kept(place, {"draws": 3}, make)
    assert first == {"values": [1.5, None], "number": 1}
    assert saved.kept(place, {"draws": 3}, make) == first
    assert saved.kept(place, {"draws": 4}, make)["number"] == 2
    place.write_bytes(place.read_bytes()[:-3])  # damage is made again
    assert saved.kept(place, {"draws": 4}, make)["number"] == 3
    with pytest.raises(ValueError, match="not JSON compliant"):
        saved.kept(tmp_path / "y.json", {}, lambda: float("nan"))
    assert not (tmp_path / "y.json").exists()
