"""The page as a phone meets it: Chromium, its processor four times slowed, over slow 4G."""

import os
from dataclasses import dataclass

from playwright.sync_api import sync_playwright

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
OBSERVE = """
window.seen = {lcp: 0, shift: 0, blocked: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.shift += e.value })
    .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.blocked += Math.max(0, e.duration - 50) })
    .observe({type: 'longtask', buffered: true});
"""


@dataclass(frozen=True)
class Visit:
    """Largest contentful paint and blocking time in milliseconds, layout shift, and bytes over the wire."""

    lcp: float
    shift: float
    blocked: float
    first: int
    again: int


def visit(address: str) -> Visit:
    """A first visit under those conditions, and the bytes of a second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        devtools = page.context.new_cdp_session(page)
        sizes: list[int] = []
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        devtools.send("Network.emulateNetworkConditions", SLOW_4G)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(OBSERVE)
        page.goto(address, wait_until="networkidle")
        seen, first = page.evaluate("seen"), sum(sizes)
        sizes.clear()
        page.goto(address, wait_until="networkidle")
        browser.close()
        return Visit(seen["lcp"], seen["shift"], seen["blocked"], first, sum(sizes))
