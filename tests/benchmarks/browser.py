"""The page as a phone meets it: Chromium, its processor four times slowed, over slow 4G."""

import os
from dataclasses import astuple, dataclass
from statistics import median

from playwright.sync_api import Browser, sync_playwright

VISITS = 5
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
OBSERVE = """
window.seen = {lcp: 0, shift: 0, blocked: 0, before: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.shift += e.value })
    .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) {
    const painted = performance.getEntriesByName('first-contentful-paint')[0];
    seen[painted && painted.startTime <= e.startTime ? 'blocked' : 'before'] += Math.max(0, e.duration - 50);
} }).observe({type: 'longtask', buffered: true});
"""


@dataclass(frozen=True)
class Visit:
    """Largest contentful paint and blocking time in milliseconds, layout shift, and bytes over the wire.

    Blocking time is what tasks take beyond 50 ms each after the first contentful paint, as "total blocking time" is
    defined; `before` is what they take before it, when there is nothing to press yet.
    """

    lcp: float
    shift: float
    blocked: float
    before: float
    first: int
    again: int


def visit(address: str) -> Visit:
    """A first visit under those conditions, and the bytes of a second; the median of some such visits."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"])
        visits = [_visit(browser, address) for _ in range(VISITS)]
        browser.close()
    return Visit(*(median(figures) for figures in zip(*map(astuple, visits), strict=True)))


def _visit(browser: Browser, address: str) -> Visit:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes: list[int] = []
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(OBSERVE)
    page.goto(address, wait_until="networkidle")
    # On a busy machine all is there before anything is painted.
    page.wait_for_function("() => seen.lcp")
    seen, first = page.evaluate("seen"), sum(sizes)
    sizes.clear()
    page.goto(address, wait_until="networkidle")
    context.close()
    return Visit(seen["lcp"], seen["shift"], seen["blocked"], seen["before"], first, sum(sizes))
