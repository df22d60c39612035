"""The demo: thirty-one films with true facts, reviews in this project's own words, drawn posters, and three sign-ins.

`titles/` and `reviews/` hold one file a film in the formats of `import_titles` and `import_reviews`, `posters` draws,
`crowd` adds members who only rate, `reports` lets some of them report, `loading` puts all of it into the database and
takes it out again.
"""

DEMO_PASSWORD = "reviewsite-demo"  # noqa: S105

# (username, password, what one is with it). They work only where DEMO is on: see accounts.backends.
DEMO_SIGN_INS: list[tuple[str, str, str]] = [
    ("demo-reader", DEMO_PASSWORD, "a member"),
    ("demo-moderator", DEMO_PASSWORD, "a moderator"),
    ("demo-admin", DEMO_PASSWORD, "the back office"),
]
