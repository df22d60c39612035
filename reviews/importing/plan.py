"""What the staged reviews mean for what is there: which row adds, changes, repeats or contradicts which review.

It is worked out by the database, from the staged rows to `import_write`, and writes nothing but temporary tables:

`import_title`, `import_author`  each title and author named, with its id if there is one already
`import_found`   each row with the reviews that it may mean
`import_plan`    each row with the review it is about (`entity`), the row about it before, and its verdict
`import_write`   the last row about each review that is to be added or changed

A review is known by the source's id for it, or without one by its title and author. One place (a title and an author)
holds one review, so where two ids claim it the first wins: the review that is there, else the first row. A review whose
row names another title or author moves, if its new place is free; a place becomes free for the next run.
"""

from reviews.sql import execute

TABLES = ("import_title", "import_author", "import_found", "import_plan", "import_write")

NAMES = """
CREATE TEMPORARY TABLE import_title AS
    SELECT row_number() OVER () AS no, named.*, known.id, known.id IS NULL AS missing
    FROM (SELECT DISTINCT title, year, kind FROM import_row) named
    LEFT JOIN reviews_title known
        ON known.name = named.title AND known.kind = named.kind AND known.year IS NOT DISTINCT FROM named.year;
CREATE TEMPORARY TABLE import_author AS
    SELECT row_number() OVER () AS no, named.source_key, known.id, known.id IS NULL AS missing,
           known.name AS former_name, NULL::text AS name, NULL::bigint AS last_n,
           known.review_count AS former_reviews, NULL::int AS new_reviews, NULL::timestamptz AS joined
    FROM (SELECT DISTINCT source_key FROM import_row) named
    LEFT JOIN accounts_user known USING (source_key);
UPDATE import_author a SET id = u.id, missing = false, former_name = u.name, former_reviews = u.review_count
    FROM accounts_user u
    WHERE a.missing AND u.id = CASE WHEN a.source_key LIKE 'member:%%' THEN substr(a.source_key, 8)::bigint END;
ANALYZE import_title;
ANALYZE import_author;
"""

# The review of that id (`same`), the one at that place (`here`), and the last one that was deleted there (`gone`).
FOUND = """
CREATE TEMPORARY TABLE import_found AS
    SELECT r.n, r.source_id, t.no AS title_no, a.no AS author_no, same.id AS same_id, here.id AS here_id,
           here.source_id AS here_source, gone.id AS gone_id,
           CASE WHEN here.source_id IS NULL AND gone.source_id IS NULL THEN coalesce(here.id, gone.id) END AS unnamed_id
    FROM import_row r
    JOIN import_title t ON t.title = r.title AND t.kind = r.kind AND t.year IS NOT DISTINCT FROM r.year
    JOIN import_author a USING (source_key)
    LEFT JOIN reviews_review same ON same.source_id = r.source_id
    LEFT JOIN reviews_review here ON here.title_id = t.id AND here.author_id = a.id AND here.state <> 'deleted'
    LEFT JOIN LATERAL (
        SELECT id, source_id FROM reviews_review
        WHERE here.id IS NULL AND title_id = t.id AND author_id = a.id AND state = 'deleted' ORDER BY id DESC LIMIT 1
    ) gone ON true;
ANALYZE import_found;
"""

# `adopted`: a review imported without an id takes the first new id that is named for it.
# `claim`: the first row, of those that may, that claims a place with an id.
PLAN = """
CREATE TEMPORARY TABLE import_plan AS
WITH adopted AS (
    SELECT DISTINCT ON (source_id) source_id, unnamed_id AS id FROM (
        SELECT DISTINCT ON (unnamed_id) unnamed_id, source_id, n FROM import_found
        WHERE source_id IS NOT NULL AND same_id IS NULL AND unnamed_id IS NOT NULL ORDER BY unnamed_id, n
    ) first ORDER BY source_id, n
), resolved AS (
    SELECT f.*, coalesce(f.same_id, adopted.id) AS own_id, coalesce(own.state = 'deleted', false) AS own_deleted
    FROM import_found f LEFT JOIN adopted USING (source_id)
    LEFT JOIN reviews_review own ON own.id = coalesce(f.same_id, adopted.id)
), claims AS (
    SELECT *, source_id IS NOT NULL AND NOT own_deleted
            AND coalesce(here_id IS NULL OR here_id = own_id, false) AS may_claim
    FROM resolved
), placed AS (
    SELECT *, min(n) FILTER (WHERE may_claim) OVER (PARTITION BY title_no, author_no) AS claim_n FROM claims
), judged AS (
    SELECT p.n, p.title_no, p.author_no, p.source_id, p.here_source, claim.n AS rival_n,
        CASE WHEN p.source_id IS NOT NULL THEN p.own_id
             ELSE coalesce(p.here_id, claim.own_id, CASE WHEN claim.n IS NULL THEN p.gone_id END) END AS review_id,
        coalesce(p.source_id, CASE WHEN p.here_id IS NULL THEN claim.source_id END) AS entity_source,
        p.source_id IS NOT NULL AND NOT p.own_deleted
            AND (NOT p.may_claim OR p.source_id <> claim.source_id) AS rejected
    FROM placed p LEFT JOIN claims claim ON claim.n = p.claim_n
), named AS (
    SELECT j.*, coalesce(v.state = 'deleted', false) AS deleted,
        coalesce('review ' || review_id, 'id ' || entity_source, 'place ' || title_no || ' ' || author_no) AS entity
    FROM judged j LEFT JOIN reviews_review v ON v.id = j.review_id
)
SELECT n, title_no, author_no, review_id, entity, here_source, rival_n,
       max(source_id) FILTER (WHERE NOT rejected) OVER (PARTITION BY entity) AS source_id,
       CASE WHEN NOT rejected AND NOT deleted THEN
           lag(n) OVER (PARTITION BY entity, rejected ORDER BY n) END AS former_n,
       CASE WHEN rejected THEN 'rejected' WHEN deleted THEN 'left'
            WHEN review_id IS NULL AND row_number() OVER (PARTITION BY entity, rejected ORDER BY n) = 1 THEN 'added'
            ELSE 'unchanged' END AS verdict
FROM named;
ANALYZE import_plan;
"""

CHANGES = """
UPDATE import_plan p SET verdict = 'changed'
    FROM import_row r, import_title t, import_author a, reviews_review v
    WHERE p.verdict = 'unchanged' AND p.former_n IS NULL
      AND r.n = p.n AND t.no = p.title_no AND a.no = p.author_no AND v.id = p.review_id
      AND (t.id, a.id, coalesce(p.source_id, v.source_id), r.headline, r.body, r.spoiler, r.language, r.created,
           r.rating, r.helpful, r.votes)
        IS DISTINCT FROM (v.title_id, v.author_id, v.source_id, v.headline, v.body, v.spoiler, v.language, v.created,
                          v.rating, v.imported_helpful, v.imported_votes);
UPDATE import_plan p SET verdict = 'changed'
    FROM import_row r, import_row former
    WHERE p.verdict = 'unchanged' AND r.n = p.n AND former.n = p.former_n
      AND (r.title, r.year, r.kind, r.source_key, r.author, r.headline, r.body, r.spoiler, r.language, r.created,
           r.rating, r.helpful, r.votes)
        IS DISTINCT FROM (former.title, former.year, former.kind, former.source_key, former.author, former.headline,
                          former.body, former.spoiler, former.language, former.created, former.rating, former.helpful,
                          former.votes);
"""

# The last good row of an author says the name; of those known by their name alone it is the same in all.
AUTHORS = """
UPDATE import_author a SET name = r.author, last_n = r.n
    FROM (SELECT author_no, max(n) AS n FROM import_plan WHERE verdict <> 'rejected' GROUP BY author_no) last
    JOIN import_row r USING (n) WHERE a.no = last.author_no;
UPDATE import_plan p SET verdict = 'changed'
    FROM import_author a
    WHERE p.verdict = 'unchanged' AND p.n = a.last_n AND a.source_key LIKE 'id:%%' AND a.name <> a.former_name;
"""

WRITE = """
CREATE TEMPORARY TABLE import_write AS
    SELECT last.*, v.title_id AS former_title_id, v.author_id AS former_author_id
    FROM (SELECT DISTINCT ON (entity) n, title_no, author_no, review_id, source_id FROM import_plan
          WHERE verdict IN ('added', 'changed') ORDER BY entity, n DESC) last
    LEFT JOIN reviews_review v ON v.id = last.review_id;
UPDATE import_author a SET new_reviews = new.reviews, joined = new.first
    FROM (SELECT w.author_no, count(*) AS reviews, min(r.created) AS first
          FROM import_write w JOIN import_row r USING (n) WHERE w.review_id IS NULL GROUP BY w.author_no) new
    WHERE a.no = new.author_no;
ANALYZE import_write;
ANALYZE import_author;
"""


def make_plan() -> None:
    """Work out what the rows of `import_row` mean."""
    for statement in (NAMES, FOUND, PLAN, CHANGES, AUTHORS, WRITE):
        execute(statement)
