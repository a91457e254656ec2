"""Two opinions on an inequality: z3 and cvc5 in long-lived worker processes, killed and replaced on time-out."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock, Timer

__all__ = ["SOLVERS", "TIME_LIMIT_S", "Opinion", "ask", "ask_one", "at_most", "timed_out"]

SOLVERS = ("z3", "cvc5")
TIME_LIMIT_S = 10.0


@dataclass(frozen=True)
class Opinion:
    """One solver's answer: ``unsat``, ``sat`` (with the rational part of a model), ``unknown``, ``timeout``, error."""

    solver: str
    answer: str
    model: tuple[tuple[str, str], ...] = ()


class _Worker:
    """One solver process; restarted when it was killed."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.lock = Lock()
        self.process: subprocess.Popen[str] | None = None

    def ask(self, text: str, variables: tuple[str, ...], limit_s: float) -> Opinion:
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                command = [sys.executable, "-m", "stalelaw.theory.proof.worker", self.solver]
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            process = self.process
            assert process.stdin is not None
            assert process.stdout is not None
            timer = Timer(limit_s, process.kill)
            timer.start()
            try:
                process.stdin.write(json.dumps({"text": text, "variables": variables}) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
            finally:
                timer.cancel()
            if not line:
                self.close()
                return Opinion(self.solver, "timeout")
        reply = json.loads(line)
        return Opinion(self.solver, reply["answer"], tuple(sorted(reply["model"].items())))

    def close(self) -> None:
        """Kill the process and release its pipes."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


_WORKERS = {solver: _Worker(solver) for solver in SOLVERS}
_POOL = ThreadPoolExecutor(max_workers=len(SOLVERS), thread_name_prefix="solver")


def ask(text: str, variables: tuple[str, ...], limit_s: float | None = None) -> tuple[Opinion, ...]:
    """Put one SMT-LIB script to every solver at the same time; each sees a fresh solver instance.

    Args:
        text: a complete script ending in ``(check-sat)``.
        variables: declared constants whose model values are wanted.
        limit_s: wall-clock limit in seconds per solver, enforced by killing its process; ``TIME_LIMIT_S``, or what
            ``at_most`` says, by default.
    """
    opinions = _ask(text, variables, _limits[-1] if limit_s is None else limit_s)
    if any(o.answer == "timeout" for o in opinions):
        _timed_out.append(text)
    return opinions


def ask_one(solver: str, text: str, variables: tuple[str, ...]) -> Opinion:
    """The opinion of one solver, for questions that one model answers; limit as in ``ask``."""
    opinion = _ask_one(solver, text, variables, _limits[-1])
    if opinion.answer == "timeout":
        _timed_out.append(text)
    return opinion


@cache
def _ask_one(solver: str, text: str, variables: tuple[str, ...], limit_s: float) -> Opinion:
    return _WORKERS[solver].ask(text, variables, limit_s)


_limits = [TIME_LIMIT_S]
_timed_out: list[str] = []


@contextmanager
def at_most(limit_s: float) -> Generator[None]:
    """Give the solvers less time for the questions asked inside."""
    _limits.append(limit_s)
    try:
        yield
    finally:
        _limits.pop()


def timed_out() -> int:
    """How many answers so far were cut off by the time limit; what rests on them may come out otherwise next time."""
    return len(_timed_out)


@cache
def _ask(text: str, variables: tuple[str, ...], limit_s: float) -> tuple[Opinion, ...]:
    def put(solver: str) -> Opinion:
        return _WORKERS[solver].ask(text, variables, limit_s)

    return tuple(_POOL.map(put, SOLVERS))


def close() -> None:
    """Stop the worker processes; the next question starts new ones."""
    for worker in _WORKERS.values():
        with worker.lock:
            worker.close()


atexit.register(close)
