"""Pages in fewer bytes: Brotli where the browser reads it, else gzip.

What has just been made is compressed quickly, and what then stays for many as well as can be, aside. A page with a
token in it may be compressed: Django masks tokens anew in each answer, so that lengths tell nothing of them (BREACH).
"""

import gzip
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Measured on a page of 64 kB: Brotli 1 takes 0.2 ms for 20.1 kB, 2 takes 0.4 for 18.9, 5 takes 1.0 for 17.3, 9 takes 12
# for 17.2, 10 takes 24 for 15.4, 11 takes 77 for 15.0; gzip 1 takes 0.4 for 21.1, 6 takes 1.4 for 18.5. A page on which
# many vote is made anew after each vote, so one that has just been made is worth no more than the least.
QUICK = 1
ENCODINGS = ("br", "gzip")
# Pictures and archives are compressed already.
COMPRESSIBLE = re.compile(r"text/|application/(json|javascript|xml|.*[+](json|xml))|image/svg")
SQUEEZE = [sys.executable, "-I", str(Path(__file__).with_name("squeeze.py"))]
# Seconds that it may take on a machine that has next to no time for it.
PATIENCE = 60
# Fewer arrive no sooner for being smaller, and compressing them would take a twentieth of a vote.
LEAST = 1000


def encoding_for(request: HttpRequest) -> str:
    """`br`, `gzip`, or nothing where the browser reads neither."""
    return next((encoding for encoding in ENCODINGS if accepts(request, encoding)), "")


def accepts(request: HttpRequest, encoding: str) -> bool:
    """Whether the browser says that it reads that one of ours (RFC 9110, 12.5.3)."""
    return encoding in _accepted(request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=32)
def _accepted(header: str) -> set[str]:
    """Those named, and where all others are (`*`) those too; but for what has a weight of zero."""
    given = dict(re.findall(r"([^\s,;]+)\s*(?:;\s*q=(\d(?:\.\d{0,3})?))?", header.lower()))
    return {encoding for encoding in ENCODINGS if float(given.get(encoding, given.get("*", "0")) or 1)}


def compressed(content: bytes, encoding: str) -> bytes:
    """Quickly."""
    if encoding == "br":
        return bytes(brotli.compress(content, quality=QUICK, mode=brotli.MODE_TEXT))
    if encoding == "gzip":
        return gzip.compress(content, QUICK, mtime=0)
    return content


def squeezed(content: bytes, encoding: str) -> bytes:
    """As well as can be, which takes a tenth of a second, or many where others want the processors more.

    `OSError` or `subprocess.SubprocessError` where that did not succeed.
    """
    pipes: dict[str, Any] = {"input": content, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return bytes(subprocess.run([*SQUEEZE, encoding], check=True, timeout=PATIENCE, **pipes).stdout)


def decompressed(content: bytes, encoding: str) -> bytes:
    return bytes(brotli.decompress(content)) if encoding == "br" else gzip.decompress(content)


class CompressionMiddleware(GZipMiddleware):
    """Compresses texts that are not compressed yet; streams as Django does it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not COMPRESSIBLE.match(response.get("Content-Type", "")):
            return response
        if not isinstance(response, HttpResponse):
            return super().process_response(request, response)
        if response.has_header("Content-Encoding") or len(response.content) < LEAST:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if encoding := encoding_for(request):
            response.content = compressed(response.content, encoding)
            response.headers["Content-Encoding"] = encoding
            response.headers["Content-Length"] = str(len(response.content))
            etag = response.get("ETag")
            if etag and etag.startswith('"'):
                response.headers["ETag"] = f"W/{etag}"
        return response
