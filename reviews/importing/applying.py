"""The writing of a planned import, within the caller's transaction.

Locks are taken in the order of all who write here: authors, reviews, titles, the site's figures; each kind by id. New
titles therefore come last, with ids that were given out before: the reviews that point to them are checked at the end.
"""

import secrets
from collections.abc import Collection

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from reviews.counting import counting_at_rest
from reviews.importing.naming import choose, usernames
from reviews.importing.staging import batches
from reviews.models import Rating, Review, Title
from reviews.models.titles import search_text, slugs
from reviews.sql import execute, fetch

# No limit that a server sets for pages stops an import.
NO_LIMIT = "SET LOCAL statement_timeout = 0"

LOCK_AUTHORS = """
SELECT FROM accounts_user WHERE id IN (
    SELECT a.id FROM import_write w JOIN import_author a ON a.no = w.author_no
    UNION SELECT former_author_id FROM import_write UNION SELECT id FROM import_author WHERE name <> former_name
) ORDER BY id FOR NO KEY UPDATE
"""
RENAME_AUTHORS = """
UPDATE accounts_user u SET name = a.name
    FROM import_author a WHERE u.id = a.id AND a.source_key LIKE 'id:%%' AND a.name <> a.former_name
"""
GIVE_IDS = """
UPDATE import_author SET id = nextval(pg_get_serial_sequence('accounts_user', 'id'))
    WHERE missing AND no IN (SELECT author_no FROM import_write);
UPDATE import_title SET id = nextval(pg_get_serial_sequence('reviews_title', 'id'))
    WHERE missing AND no IN (SELECT title_no FROM import_write);
"""
# As the unique constraint compares them.
TAKEN_USERNAMES = """
SELECT name FROM unnest(%s::text[]) AS wanted (name)
    WHERE EXISTS (SELECT FROM accounts_user WHERE upper(username) = upper(wanted.name))
"""
# Texts that are new or other ones get their marks afterwards (`reviews.moderation.likeness`). Before any review is
# locked: whoever publishes at the same time may hold this row and wait for a review or a title.
MARK_ANEW = """
UPDATE reviews_markeduntil SET review_id = least(
    review_id, nextval(pg_get_serial_sequence('reviews_review', 'id')) - 1,
    (SELECT min(v.id) - 1 FROM import_write w JOIN import_row r USING (n) JOIN reviews_review v ON v.id = w.review_id
     WHERE v.body <> r.body))
"""
LOCK_REVIEWS = """
SELECT FROM reviews_review WHERE id IN (SELECT review_id FROM import_write) ORDER BY id FOR NO KEY UPDATE
"""

# Votes cast here stay: the counters move by what the imported ones differ.
CHANGE_REVIEWS = """
UPDATE reviews_review v SET
        title_id = t.id, author_id = a.id, source_id = coalesce(w.source_id, v.source_id), headline = r.headline,
        body = r.body, spoiler = r.spoiler OR v.folded, language = r.language, created = r.created, rating = r.rating,
        helpful = v.helpful + r.helpful - v.imported_helpful, votes = v.votes + r.votes - v.imported_votes,
        imported_helpful = r.helpful, imported_votes = r.votes
    FROM import_write w JOIN import_row r USING (n) JOIN import_title t ON t.no = w.title_no
    JOIN import_author a ON a.no = w.author_no
    WHERE v.id = w.review_id AND v.state <> 'deleted'
"""
# With the number of reviews the author will have, so that the recount finds it right and rewrites none of them. Those
# of a title together: most indexes begin with it, and this halves the time.
ADD_REVIEWS = """
INSERT INTO reviews_review (title_id, author_id, source_id, headline, body, spoiler, language, created, rating,
                            author_reviews, helpful, votes, imported_helpful, imported_votes)
    SELECT t.id, a.id, w.source_id, r.headline, r.body, r.spoiler, r.language, r.created, r.rating,
           coalesce(a.former_reviews, 0) + a.new_reviews, r.helpful, r.votes, r.helpful, r.votes
    FROM import_write w JOIN import_row r USING (n) JOIN import_title t ON t.no = w.title_no
    JOIN import_author a ON a.no = w.author_no
    WHERE w.review_id IS NULL ORDER BY t.id, r.n
"""
# What a review does not rate (any more), and what it rated at the place that it moved away from.
TAKE_RATINGS = """
DELETE FROM reviews_rating g
    USING import_write w JOIN import_row r USING (n) JOIN import_title t ON t.no = w.title_no
    JOIN import_author a ON a.no = w.author_no
    WHERE r.rating IS NULL AND g.title_id = t.id AND g.member_id = a.id;
DELETE FROM reviews_rating g
    USING import_write w JOIN import_title t ON t.no = w.title_no JOIN import_author a ON a.no = w.author_no
    WHERE g.title_id = w.former_title_id AND g.member_id = w.former_author_id
      AND (w.former_title_id, w.former_author_id) <> (t.id, a.id);
"""
SET_RATINGS = """
INSERT INTO reviews_rating AS g (title_id, member_id, value, counted, rated)
    SELECT t.id, a.id, r.rating, coalesce(v.state NOT IN ('held', 'hidden'), true), r.created
    FROM import_write w JOIN import_row r USING (n) JOIN import_title t ON t.no = w.title_no
    JOIN import_author a ON a.no = w.author_no LEFT JOIN reviews_review v ON v.id = w.review_id
    WHERE r.rating IS NOT NULL ORDER BY t.id, w.n
    ON CONFLICT (title_id, member_id)
        DO UPDATE SET value = excluded.value, counted = excluded.counted, rated = excluded.rated
        WHERE (g.value, g.counted) <> (excluded.value, excluded.counted)
"""

# Reviews of the demo on titles that others write about now: (review, title, author).
DEMO_REVIEWS = """
SELECT v.id, v.title_id, v.author_id FROM reviews_review v JOIN accounts_user u ON u.id = v.author_id AND u.is_demo
    WHERE v.title_id IN (
        SELECT t.id FROM import_write w JOIN import_title t ON t.no = w.title_no
        JOIN import_author a ON a.no = w.author_no LEFT JOIN accounts_user writer ON writer.id = a.id
        WHERE w.review_id IS NULL AND writer.is_demo IS NOT TRUE)
"""

# The recount takes twenty times as long while the planner still has the figures from before the tables grew.
ANALYZE = "ANALYZE accounts_user, reviews_title, reviews_review, reviews_rating"
MANY_ROWS = 1000

RECOUNT = """
SELECT reviews_recount_authors(array(
    SELECT a.id FROM import_write w JOIN import_author a ON a.no = w.author_no
    UNION SELECT former_author_id FROM import_write WHERE review_id IS NOT NULL UNION SELECT unnest(%s::bigint[])));
SELECT reviews_recount_titles(array(
    SELECT t.id FROM import_write w JOIN import_title t ON t.no = w.title_no
    UNION SELECT former_title_id FROM import_write WHERE review_id IS NOT NULL
    UNION SELECT v.title_id FROM reviews_review v JOIN import_author a ON a.id = v.author_id
        WHERE a.name <> a.former_name));
"""


def apply_plan(*, demo: bool) -> None:
    """Write what the plan says, and bring every counter, score and histogram in line with it."""
    with counting_at_rest():
        execute(NO_LIMIT)
        execute(LOCK_AUTHORS)
        execute(RENAME_AUTHORS)
        execute(GIVE_IDS)
        add_members(demo=demo)
        execute(MARK_ANEW)
        execute(LOCK_REVIEWS)
        execute(CHANGE_REVIEWS)
        execute(ADD_REVIEWS)
        execute(TAKE_RATINGS)
        execute(SET_RATINGS)
        authors = [] if demo else make_demo_give_way()
        add_titles()
        if fetch("SELECT count(*) FROM import_write")[0][0] >= MANY_ROWS:
            execute(ANALYZE)
        execute(RECOUNT, authors)
        # What points to what is checked now rather than at the commit, which cannot be interrupted half-way then.
        connection.check_constraints()


def add_members(*, demo: bool) -> None:
    """Accounts without password for the authors that have none."""
    found = """SELECT no, id, name, source_key, new_reviews, joined FROM import_author
               WHERE no > %s AND missing AND id IS NOT NULL ORDER BY no"""
    for rows in batches(found):
        free = choose([usernames(name, key) for _, _, name, key, _, _ in rows], taken_usernames)
        User.objects.bulk_create(
            User(
                pk=pk,
                username=username,
                password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20),
                name=name,
                source_key=key,
                is_demo=demo,
                review_count=reviews or 0,
                date_joined=joined or timezone.now(),
            )
            for (_, pk, name, key, reviews, joined), username in zip(rows, free, strict=True)
        )


def taken_usernames(candidates: Collection[str]) -> set[str]:
    return {name for (name,) in fetch(TAKEN_USERNAMES, list(candidates))}


def add_titles() -> None:
    """The titles that the catalogue does not have yet, under the ids that their reviews name."""
    found = """SELECT no, id, title, year, kind FROM import_title
               WHERE no > %s AND missing AND id IS NOT NULL ORDER BY no"""
    for rows in batches(found):
        free = choose([slugs(name, year) for _, _, name, year, _ in rows], taken_slugs)
        Title.objects.bulk_create(
            Title(pk=pk, name=name, year=year, kind=kind, slug=slug, search_text=search_text(name))
            for (_, pk, name, year, kind), slug in zip(rows, free, strict=True)
        )


def taken_slugs(candidates: Collection[str]) -> set[str]:
    return set(Title.objects.filter(slug__in=candidates).values_list("slug", flat=True))


def make_demo_give_way() -> list[int]:
    """Delete the demo's reviews and ratings of titles that others write about now; whose reviews they were."""
    rows = fetch(DEMO_REVIEWS)
    if not rows:
        return []
    ratings = Q()
    for _, title, author in rows:
        ratings |= Q(title=title, member=author)
    Rating.objects.filter(ratings).delete()
    Review.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
    return [author for _, _, author in rows]
