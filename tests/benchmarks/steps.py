"""`make bench ARGS="--steps"`: what each step from one machine to many costs a request.

All servers share the processors here, so this tells what a step takes and not what it brings: a request that goes by
way of PgBouncer, or reads from a replica, beside the same without.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.benchmarks.load import Case, measure
from tests.many.machines import Database, a_cache, a_folder, pooled
from tests.project.processes import free_port

REVIEWS, VOTES = 20_000, 100_000
# As many as there are threads in the two workers.
POOL = 20
ALONE = "one database"


@contextmanager
def databases() -> Iterator[dict[str, dict[str, str]]]:
    """A primary with two replicas, PgBouncer and Redis or Valkey; yields what the site is told, by step."""
    with a_folder() as folder, ExitStack() as stack:
        primary = Database.new(folder / "primary")
        stack.callback(primary.server.leave)
        primary.ask("ALTER SYSTEM RESET fsync")
        primary.ask("SELECT pg_reload_conf()")
        os.environ.update(DATABASE_URL=primary.url, DATA_DIR=str(folder / "web"), SECRET_KEY="s" * 40)
        replicas = [primary.replicate(folder / f"replica{n}") for n in (1, 2)]
        for replica in replicas:
            stack.callback(replica.server.leave)
        pooler = stack.enter_context(pooled(folder, primary, POOL))
        cache = stack.enter_context(a_cache(folder))
        yield {
            ALONE: {},
            "and Redis or Valkey": {"CACHE_URL": cache},
            "and two replicas": {"DATABASE_REPLICA_URLS": ",".join(replica.url for replica in replicas)},
            "by way of PgBouncer": {"DATABASE_URL": pooler, "DATABASE_POOLER": "yes"},
        }


def run(given: argparse.Namespace, wrk: str) -> list[str]:
    """The lines of a table: requests a second of each case at each step, and beside those of one database."""
    with databases() as steps:
        import django

        django.setup()
        found = _measure(steps, given, wrk)
    names = list(found[ALONE])
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for step, rates in found.items():
        cells = [f"{rates[name]:,.0f} ({rates[name] / found[ALONE][name]:.2f})" for name in names]
        lines.append(f"| {step} | {' | '.join(cells)} |")
    return lines


def _measure(steps: dict[str, dict[str, str]], given: argparse.Namespace, wrk: str) -> dict[str, dict[str, float]]:
    from reviews.generating import Amount
    from tests.benchmarks import stage
    from tests.benchmarks.database import VOTERS
    from tests.benchmarks.measuring import WARM_UP, all_cases

    large = stage.prepare(Amount(REVIEWS, VOTES, 1))
    rates: dict[str, dict[str, list[float]]] = {step: defaultdict(list) for step in steps}
    names = ("page", "page, signed in", "page 2", "vote")
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        ports = {}
        for step, told in steps.items():
            ports[step] = free_port()
            stack.enter_context(stage.served(ports[step], **told))
        cookies = stage.voters(VOTERS)

        def cases(port: int) -> Iterator[Case]:
            there = {case.name: case for case in all_cases(port, large, Path(folder), cookies)}
            return (there[name] for name in names)

        for port in ports.values():
            for case in cases(port):
                measure(wrk, f"http://127.0.0.1:{port}", case, WARM_UP.get(case.name, 3))
        for _ in range(given.rounds):
            for step, port in ports.items():
                for case in cases(port):
                    rates[step][case.name].append(measure(wrk, f"http://127.0.0.1:{port}", case, given.seconds).rate)
    return {step: {name: median(of) for name, of in found.items()} for step, found in rates.items()}
