"""The derivation of the whole theory on one core: nothing kept, then everything kept; processor time, wall, memory.

The solvers are child processes on the same core and count in full. Processor time says more than wall time on a machine
that others use too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil


def resident(process):
    """Resident memory of a process and its children (bytes); pages they share count once each."""
    total = 0
    try:
        for member in (process, *process.children(recursive=True)):
            total += member.memory_info().rss
    except psutil.Error:  # it ended while we looked
        pass
    return total


def measured(command, environment, core):
    """Run a command on one core: its JSON, wall and processor time of the whole tree (s), peak memory (bytes)."""
    before, start = os.times(), time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, env=environment)
        process, peak = psutil.Process(child.pid), 0
        process.cpu_affinity([core])
        while child.poll() is None:
            peak = max(peak, resident(process))
            time.sleep(0.05)
        wall, after = time.perf_counter() - start, os.times()
        out.seek(0)
        body = json.load(out)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return body, wall, spent, peak


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--mutants", action="store_true", help="perturb every claim as well (minutes)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STALELAW_CACHE_DIR": str(Path(folder))}
        command = [sys.executable, "-m", "stalelaw", "derive", "--json", *(["--mutants"] if arguments.mutants else [])]
        print("| verdicts | claims | steps | wall (s) | processor (s) | peak resident memory (MiB) |")
        print("|---|---|---|---|---|---|")
        for name in ("none kept", "all kept"):
            body, wall, spent, peak = measured(command, environment, arguments.core)
            counts = body["counts"]
            row = (name, counts["claims"], counts["steps"], f"{wall:.1f}", f"{spent:.1f}", f"{peak / 2**20:.0f}")
            print(f"| {' | '.join(map(str, row))} |", flush=True)
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} threads")


if __name__ == "__main__":
    main()
