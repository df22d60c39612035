"""What a worker of the server does with memory that nothing needs any more."""

import subprocess
import sys

from tests.project.processes import ROOT

# A process like a worker: what it frees lies in the midst of what stays, so that none of it is at an end.
WORKER = """
import os, time
from reviewsite import sharing

sharing.GIVEN_BACK_EVERY = {seconds}
sharing.allocate_sparingly()
sharing.share()
worker = os.fork()
if worker:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))

def resident():
    with open("/proc/self/statm") as sizes:
        return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

texts = [bytes(5000) for _ in range(10_000)]
full = resident()
texts = texts[::100]
ends = time.monotonic() + {patience}
while resident() > full - 30_000_000 and time.monotonic() < ends:
    time.sleep(0.02)
print((full - resident()) // 1_000_000, flush=True)
os._exit(0)
"""


def freed(*, seconds: float, patience: float) -> int:
    """Megabytes of fifty that are back with the system in time, where it is looked for them every so many seconds."""
    script = WORKER.format(seconds=seconds, patience=patience)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_worker_gives_back_what_is_free_in_the_midst_of_what_is_not() -> None:
    assert freed(seconds=0.05, patience=20) >= 30
    assert freed(seconds=60, patience=1) < 30, "by itself it would have kept it"
