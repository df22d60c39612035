"""Load over HTTP: wrk at sixteen connections for some seconds, and what it found."""

import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
# Seconds in which the server answers what the case before has left unanswered.
PAUSE = 0.5
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
FOUND = re.compile(
    r"Latency +(?P<mean>\S+).*?50% +(?P<p50>\S+).*?99% +(?P<p99>\S+).*?Requests/sec: +(?P<rate>[\d.]+)", re.DOTALL
)
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Case:
    """A request to measure. `script` is a file for wrk that makes each request a different one."""

    name: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    script: Path | None = None


@dataclass(frozen=True)
class Load:
    """Requests a second, and milliseconds."""

    rate: float
    p50: float
    p99: float


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * UNITS[unit]


def begin(wrk: str, site: str, case: Case, seconds: float) -> "subprocess.Popen[str]":
    headers = [f"-H{name}: {value}" for name, value in {**BROWSER, **case.headers}.items()]
    script = ["-s", str(case.script)] if case.script else []
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", *headers, *script, site + case.path]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def end(case: Case, running: "subprocess.Popen[str]") -> Load:
    """`RuntimeError` where an answer was an error: a fast error is no figure."""
    out = running.communicate()[0]
    found = FOUND.search(out)
    if not found or "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{case.name}: {out}")
    return Load(float(found["rate"]), milliseconds(found["p50"]), milliseconds(found["p99"]))


def measure(wrk: str, site: str, case: Case, seconds: float) -> Load:
    time.sleep(PAUSE)
    return end(case, begin(wrk, site, case, seconds))
