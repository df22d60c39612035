"""Names that nobody may take: words that belong to the site, and what looks like the name of one of its staff."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet

from accounts.models import User
from reviewsite.texts import fold

# Offices of the site, its machines, and words that stand for somebody or something else in an address.
RESERVED = frozenset((
    "abuse", "account", "accounts", "admin", "administrator", "administrators", "admins", "anonymous", "api", "contact",
    "demo-admin", "demo-moderator", "demo-reader", "editor", "former-member", "guest", "help", "helpdesk", "host",
    "hostmaster", "info", "login", "logout", "mail", "me", "member", "members", "mod", "moderation", "moderator",
    "moderators", "mods", "myself", "news", "nobody", "noreply", "null", "official", "operator", "owner", "postmaster",
    "register", "reviewsite", "root", "security", "self", "settings", "signin", "signout", "signup", "site", "staff",
    "support", "sysadmin", "sysop", "system", "team", "undefined", "user", "username", "users", "webmaster", "www",
    "you",
))  # fmt: skip

# Latin letters, and what passes for each once case and accents are gone: figures, signs, Cyrillic, Greek, Armenian.
ALIKE = {
    "a": "4@аαɑ",
    "b": "8вьβ",
    "c": "сϲ¢",
    "d": "đԁ",
    "e": "3еєзεɛ",
    "g": "9ցɡ",
    "h": "нһհħ",
    "j": "јϳ",
    "k": "кκ",
    "l": "1iіιıłӏլ|!ɩɪʟ",
    "m": "мμ",
    "n": "пиηոռ",
    "o": "0оοσօø",
    "p": "рρ",
    "q": "ԛգզ",
    "r": "гяʀ",
    "s": "5$ѕ",
    "t": "7+тτŧ",
    "u": "υսцʋ",
    "v": "νѵ",
    "w": "ωԝшщ",
    "x": "хχ",
    "y": "уүγʏ",
}
LATIN = str.maketrans({sign: letter for letter, signs in ALIKE.items() for sign in signs})
PAIRS = {"rn": "m", "vv": "w", "æ": "ae", "œ": "oe"}
# Letters in the eyes of Unicode that show nothing at all.
UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def skeleton(name: str) -> str:
    """What the eye keeps of a name: two names of one skeleton can be mistaken for each other."""
    # Apart before they are folded: a bold or doubled capital has no small letter of its own.
    apart = fold(unicodedata.normalize("NFKD", name)).translate(LATIN)
    bare = "".join(letter for letter in apart if letter.isalnum())
    for pair, letter in PAIRS.items():
        bare = bare.replace(pair, letter)
    return bare


def skeletons(name: str) -> set[str]:
    """Its skeletons: `@` and `+` may be meant as letters or as nothing."""
    return {skeleton(name), skeleton(name.replace("@", "").replace("+", ""))} - {""}


RESERVED_SKELETONS = frozenset(found for word in RESERVED for found in skeletons(word))


def officials() -> QuerySet[User]:
    """Members with rights that others have not: staff, and whoever is in a group or was given a permission."""
    rights = Q(is_staff=True) | Q(is_superuser=True) | Q(groups__isnull=False) | Q(user_permissions__isnull=False)
    return User.objects.filter(rights, is_active=True).distinct()


def looks_official(name: str, *, besides: User | None = None) -> bool:
    """Could the name be taken for a word of the site's or for the name of one of its officials (`besides` this one)?"""
    found = skeletons(name)
    if not found:
        return False
    if besides and officials().filter(pk=besides.pk).exists():
        return False
    if found & RESERVED_SKELETONS:
        return True
    theirs = officials().values_list("username", "name")
    return any(found & skeletons(own) for names in theirs for own in names)


def chosen(username: str) -> str:
    """The username as it is kept, or ValidationError with the code `unseen`, `address` or `official`.

    One that is an e-mail address is refused: signing in takes either.
    """
    username = unicodedata.normalize("NFKC", username)
    if UNSEEN & set(username):
        raise ValidationError("", code="unseen")
    if is_mail_address(username):
        raise ValidationError("", code="address")
    if looks_official(username):
        raise ValidationError("", code="official")
    return username


def is_mail_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
