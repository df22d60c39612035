"""A whole page that is kept: compressed once for all who ask for it, and by its tag for those who have it already."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from reviewsite.aside import Aside
from reviewsite.compression import BEST, THOROUGH, compressed, encoding_for

# So many answers after which a page is compressed as well as can be: what changes with every vote is not.
MANY = 20
aside = Aside()


class Whole:
    """The page's text, in the encodings that were asked for so far."""

    def __init__(self, text: str) -> None:
        self._bodies = {"": text.encode()}
        self.size = len(self._bodies[""])
        self._tag = blake2b(self._bodies[""], digest_size=12).hexdigest()
        self._answers = 0
        self._improved = False

    def response(self, request: HttpRequest, vary: str) -> HttpResponse:
        """The page, or 304 where the browser says that it has it."""
        encoding = encoding_for(request)
        if encoding not in self._bodies:
            self._bodies[encoding] = compressed(self._bodies[""], encoding, THOROUGH)
        tag = f'"{self._tag}-{encoding}"' if encoding else f'"{self._tag}"'
        asked = request.META.get("HTTP_IF_NONE_MATCH")
        known = asked is not None and (asked == tag or tag in parse_etags(asked))
        response = HttpResponseNotModified() if known else HttpResponse(self._bodies[encoding])
        if encoding and not known:
            response.headers["Content-Encoding"] = encoding
        response.headers["ETag"] = tag
        response.headers["Vary"] = vary
        self._answers += 1
        if encoding == "br" and self._answers >= MANY and not self._improved:
            self._improved = aside.do(self._improve)
        return response

    def _improve(self) -> None:
        self._bodies["br"] = compressed(self._bodies[""], "br", BEST)
