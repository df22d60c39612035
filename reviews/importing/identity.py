"""Members of this very site in files that the site itself wrote.

An export names its author by a signature of the site's own: `author_id` is "member-17:<signature>". Here it is known
again, so what comes back is what is there. No file can name a member whose export it did not come from, and on another
site the signature says nothing: there it is an id like any other.
"""

from django.core.signing import BadSignature, Signer

from accounts.models import User

BEFORE = "member-"


def author_id(member: User) -> str:
    """Who the member is in an exported file."""
    return _signer().sign(f"{BEFORE}{member.pk}")


def member_id(author_id: str | None) -> int | None:
    """The member of this site that an `author_id` names, None where it is anybody else's id."""
    # A look before the signature is computed: this is asked about every row of an import.
    if author_id is None or not author_id.startswith(BEFORE):
        return None
    try:
        return int(_signer().unsign(author_id).removeprefix(BEFORE))
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(salt="reviews.export")
