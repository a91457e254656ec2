"""A second process for the measurements, so that proofs and measurements share two cores; it dies with its parent."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from .effort import Effort

__all__ = ["Measuring"]


class Measuring:
    """Runs ``measure`` in a spawned process; use as a context manager, then ask for ``result``.

    Args:
        effort: how much is measured.
        seed: replays everything.
        device: torch device.
    """

    def __init__(self, effort: Effort, seed: int, device: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(there, effort, seed, device), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> Measuring:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()
        self._here.close()

    def pump(self, notify: Callable[[str], None]) -> dict[str, Any] | None:
        """Hand on the stages reported so far without waiting; return the result if it has come."""
        while self._here.poll():
            if (found := self._take(notify)) is not None:
                return found
        return None

    def result(self, notify: Callable[[str], None]) -> dict[str, Any]:
        """Wait for the measurements.

        Raises:
            RuntimeError: the measurements failed; the message holds their traceback.
        """
        while True:
            if (found := self._take(notify)) is not None:
                return found

    def _take(self, notify: Callable[[str], None]) -> dict[str, Any] | None:
        try:
            kind, content = self._here.recv()
        except EOFError as error:
            raise RuntimeError("the measuring process ended without a result; was it out of memory?") from error
        if kind == "error":
            raise RuntimeError(f"the measurements failed:\n{content}")
        if kind == "stage":
            notify(content)
            return None
        return content


def _work(pipe: Connection, effort: Effort, seed: int, device: str) -> None:
    try:
        import torch

        from .measured import measure

        torch.set_num_threads(1)  # the other core proves
        pipe.send(("result", measure(effort, seed, device, lambda stage: pipe.send(("stage", stage)))))
    except Exception:
        pipe.send(("error", traceback.format_exc()))
    finally:
        pipe.close()
