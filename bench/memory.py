"""A first pass in a process of its own, for its peak of memory: ``python -m bench.memory FOLDER`` takes the
target as JSON on standard input and prints its figures as one line of JSON."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.company import fresh_company, quiet_log
from bench.target import Target
from connector.pipeline.decide import decide_and_queue
from connector.pipeline.pull import pull, sweep_if_due
from connector.pipeline.report import PassReport

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a first pass took: megabytes before it and at its peak, seconds, and how much there was."""

    before: float
    peak: float
    seconds: float
    invoices: int
    queued: int


def footprint(target: Target, folder: Path) -> Footprint:
    """Run a first pass (messages written and queued, none sent) in a new process and return what it took."""
    command = [sys.executable, "-m", "bench.memory", str(folder)]
    done = subprocess.run(command, input=target.dump(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The pass that measures memory failed:\n{done.stderr}")
    return Footprint(**json.loads(done.stdout))


def main(folder: Path) -> None:
    """The process that is measured."""
    quiet_log()
    target = Target(**json.load(sys.stdin))
    with fresh_company(target, folder) as company:
        before, started, today = _peak(), time.perf_counter(), company.today()
        report = PassReport(company.id, company.host.name, today)
        pulled = pull(company)
        sweep_if_due(company)
        decide_and_queue(company, today, report)
        seconds = time.perf_counter() - started
    queued = report.acted.total()
    sys.stdout.write(
        json.dumps(
            {
                "before": before / _MB,
                "peak": _peak() / _MB,
                "seconds": seconds,
                "invoices": pulled["invoices"],
                "queued": queued,
            }
        )
    )


def _peak() -> int:
    """The most memory this process has had, in bytes. Where there is a /proc, from there: what getrusage says
    begins with the size of the process that started us."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
