"""What the database itself keeps right: every counter, whoever writes and whatever is killed in between.

A trigger changes the counters in the transaction of the row that they count, so there is no moment in which the two
differ. All triggers lock in one order: the author, the author's reviews, the title, the site's figures. Reviews and
ratings of one member wait for each other at the author's row, so a rating from a second tab is not missed. An UPDATE or
DELETE has locked its own row before any trigger runs: whoever changes a review's state or a rating locks the author
first (`SELECT ... FOR NO KEY UPDATE`), or two such changes to one member's reviews may end in a deadlock.

An import of many rows sets `reviewsite.bulk` to `on` for its transaction, which lets the row-by-row counting rest, and
calls `reviews_recount_authors` and `reviews_recount_titles` at its end. Both take their locks before they count, so
what others write meanwhile is counted once: before the lock by the recount, after it by their own triggers.

Votes are counted in migration `moderation`, the first in which all is there that decides how a vote counts.
"""

from django.db import migrations

NOT_BULK = "current_setting('reviewsite.bulk', true) IS DISTINCT FROM 'on'"

BODY_LENGTH = r"""
CREATE FUNCTION reviews_body_length() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.length := char_length(btrim(NEW.body, E' \t\r\n\f\x0B'));
    RETURN NEW;
END $$;
CREATE TRIGGER body_length BEFORE INSERT OR UPDATE OF body ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_body_length();
"""

# What a review takes over from elsewhere, when it is new, restored or moved: its author's rating of the title and number
# of reviews.
NEW_REVIEW = f"""
CREATE FUNCTION reviews_new_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.author_reviews := (SELECT review_count FROM accounts_user WHERE id = NEW.author_id FOR NO KEY UPDATE);
    NEW.rating := (SELECT value FROM reviews_rating WHERE title_id = NEW.title_id AND member_id = NEW.author_id);
    RETURN NEW;
END $$;
CREATE TRIGGER new_review BEFORE INSERT ON reviews_review
    FOR EACH ROW WHEN ({NOT_BULK}) EXECUTE FUNCTION reviews_new_review();
CREATE TRIGGER restored_review BEFORE UPDATE OF state, title_id, author_id ON reviews_review
    FOR EACH ROW WHEN ({NOT_BULK} AND ((OLD.state = 'deleted' AND NEW.state <> 'deleted') OR
                                       (OLD.title_id, OLD.author_id) IS DISTINCT FROM (NEW.title_id, NEW.author_id)))
    EXECUTE FUNCTION reviews_new_review();
"""

COUNT_REVIEW = f"""
-- Add (one = 1) or take away (one = -1) a published review from the figures of its author, its title and the site.
CREATE FUNCTION reviews_count_one(review reviews_review, one int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place int := coalesce(review.rating, 0) + 1;
    total int;
BEGIN
    UPDATE accounts_user SET review_count = review_count + one WHERE id = review.author_id
        RETURNING review_count INTO total;
    UPDATE reviews_review SET author_reviews = total
        WHERE author_id = review.author_id AND author_reviews IS DISTINCT FROM total;
    IF review.spoiler THEN
        UPDATE reviews_title SET spoiler_counts[place] = spoiler_counts[place] + one, review_count = review_count + one
            WHERE id = review.title_id;
    ELSE
        UPDATE reviews_title SET open_counts[place] = open_counts[place] + one, review_count = review_count + one
            WHERE id = review.title_id;
    END IF;
    IF one > 0 THEN
        UPDATE reviews_title SET last_reviewed = review.created
            WHERE id = review.title_id AND (last_reviewed IS NULL OR last_reviewed < review.created);
    ELSE
        UPDATE reviews_title SET last_reviewed =
            (SELECT max(created) FROM reviews_review WHERE title_id = review.title_id AND state = 'published')
            WHERE id = review.title_id AND last_reviewed <= review.created;
    END IF;
    INSERT INTO reviews_sitefigures AS f (id, titles, reviews) VALUES (1, 0, greatest(one, 0))
        ON CONFLICT (id) DO UPDATE SET reviews = f.reviews + one;
END $$;

CREATE FUNCTION reviews_count_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'published'
            AND OLD.title_id = NEW.title_id AND OLD.author_id = NEW.author_id THEN
        -- Only rating, spoiler mark or date changed: the author's and the site's figures stay as they are.
        UPDATE reviews_title SET
            open_counts[coalesce(OLD.rating, 0) + 1] = open_counts[coalesce(OLD.rating, 0) + 1] - (NOT OLD.spoiler)::int,
            spoiler_counts[coalesce(OLD.rating, 0) + 1] = spoiler_counts[coalesce(OLD.rating, 0) + 1] - OLD.spoiler::int
            WHERE id = OLD.title_id;
        UPDATE reviews_title SET
            open_counts[coalesce(NEW.rating, 0) + 1] = open_counts[coalesce(NEW.rating, 0) + 1] + (NOT NEW.spoiler)::int,
            spoiler_counts[coalesce(NEW.rating, 0) + 1] = spoiler_counts[coalesce(NEW.rating, 0) + 1] + NEW.spoiler::int,
            last_reviewed = CASE WHEN OLD.created = NEW.created THEN last_reviewed ELSE
                (SELECT max(created) FROM reviews_review WHERE title_id = NEW.title_id AND state = 'published') END
            WHERE id = NEW.title_id;
        RETURN NULL;
    END IF;
    PERFORM FROM accounts_user WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.author_id ELSE NEW.author_id END
        FOR NO KEY UPDATE;
    IF TG_OP <> 'INSERT' AND OLD.state = 'published' THEN
        PERFORM reviews_count_one(OLD, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'published' THEN
        PERFORM reviews_count_one(NEW, 1);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM reviews_rating_counts_if_public(OLD.title_id, OLD.author_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM reviews_rating_counts_if_public(NEW.title_id, NEW.author_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_review AFTER INSERT OR DELETE ON reviews_review
    FOR EACH ROW WHEN ({NOT_BULK}) EXECUTE FUNCTION reviews_count_review();
CREATE TRIGGER count_changed_review
    AFTER UPDATE OF state, rating, spoiler, created, title_id, author_id ON reviews_review
    FOR EACH ROW WHEN ({NOT_BULK} AND
        (OLD.state, OLD.rating, OLD.spoiler, OLD.created, OLD.title_id, OLD.author_id) IS DISTINCT FROM
        (NEW.state, NEW.rating, NEW.spoiler, NEW.created, NEW.title_id, NEW.author_id))
    EXECUTE FUNCTION reviews_count_review();
"""

COUNT_RATING = f"""
-- A member's rating does not count while the member's review of the title is held or hidden.
CREATE FUNCTION reviews_is_out_of_sight(title bigint, member bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM reviews_review
                   WHERE title_id = title AND author_id = member AND state IN ('held', 'hidden'))
$$;
CREATE FUNCTION reviews_rating_counts_if_public(title bigint, member bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE reviews_rating SET counted = NOT reviews_is_out_of_sight(title, member)
        WHERE title_id = title AND member_id = member AND counted = reviews_is_out_of_sight(title, member)
$$;

CREATE FUNCTION reviews_new_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_user WHERE id = NEW.member_id FOR NO KEY UPDATE;
    NEW.counted := NOT reviews_is_out_of_sight(NEW.title_id, NEW.member_id);
    RETURN NEW;
END $$;
CREATE TRIGGER new_rating BEFORE INSERT ON reviews_rating
    FOR EACH ROW WHEN ({NOT_BULK}) EXECUTE FUNCTION reviews_new_rating();

CREATE FUNCTION reviews_count_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_user WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.member_id ELSE NEW.member_id END
        FOR NO KEY UPDATE;
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (OLD.title_id, OLD.member_id) <> (NEW.title_id, NEW.member_id)) THEN
        UPDATE reviews_review SET rating = NULL
            WHERE title_id = OLD.title_id AND author_id = OLD.member_id AND state <> 'deleted' AND rating IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE reviews_review SET rating = NEW.value
            WHERE title_id = NEW.title_id AND author_id = NEW.member_id AND state <> 'deleted'
              AND rating IS DISTINCT FROM NEW.value;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.counted THEN
        UPDATE reviews_title SET rating_counts[OLD.value] = rating_counts[OLD.value] - 1,
            rating_count = rating_count - 1, rating_sum = rating_sum - OLD.value WHERE id = OLD.title_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.counted THEN
        UPDATE reviews_title SET rating_counts[NEW.value] = rating_counts[NEW.value] + 1,
            rating_count = rating_count + 1, rating_sum = rating_sum + NEW.value WHERE id = NEW.title_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_rating AFTER INSERT OR DELETE ON reviews_rating
    FOR EACH ROW WHEN ({NOT_BULK}) EXECUTE FUNCTION reviews_count_rating();
CREATE TRIGGER count_changed_rating AFTER UPDATE OF value, counted, title_id, member_id ON reviews_rating
    FOR EACH ROW WHEN ({NOT_BULK} AND (OLD.value, OLD.counted, OLD.title_id, OLD.member_id) IS DISTINCT FROM
                                      (NEW.value, NEW.counted, NEW.title_id, NEW.member_id))
    EXECUTE FUNCTION reviews_count_rating();
"""

# See reviews.models.FormerPlace. Each new row takes away up to two that are a day old, so the table cleans itself. The
# oldest is looked at first: most of the time it is younger, and then nothing is locked.
FORMER_PLACE = """
CREATE FUNCTION reviews_keep_former_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_formerplace (review_id, title_id, author_id, changed, changed_at, featured, wilson, votes,
                                     created, rating, author_reviews)
        VALUES (OLD.id, OLD.title_id, OLD.author_id, pg_current_xact_id()::text::bigint, now(), OLD.featured,
                OLD.wilson, OLD.votes, OLD.created, OLD.rating, OLD.author_reviews);
    IF (SELECT changed_at FROM reviews_formerplace ORDER BY id LIMIT 1) < now() - interval '1 day' THEN
        -- An array, so that the two are chosen once; `id IN (SELECT ...)` may choose again for every row.
        DELETE FROM reviews_formerplace WHERE id = ANY (ARRAY(
            SELECT id FROM reviews_formerplace ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED
        )) AND changed_at < now() - interval '1 day';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former_place AFTER UPDATE ON reviews_review
    FOR EACH ROW WHEN (
        OLD.state = 'published' AND
        (OLD.featured, OLD.wilson, OLD.votes, OLD.created, OLD.rating, OLD.author_reviews) IS DISTINCT FROM
        (NEW.featured, NEW.wilson, NEW.votes, NEW.created, NEW.rating, NEW.author_reviews))
    EXECUTE FUNCTION reviews_keep_former_place();
"""

COUNT_TITLE = """
CREATE FUNCTION reviews_count_titles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more bigint := (SELECT count(*) FROM changed);
BEGIN
    IF TG_OP = 'DELETE' THEN
        more := -more;
    END IF;
    INSERT INTO reviews_sitefigures AS f (id, titles, reviews) VALUES (1, greatest(more, 0), 0)
        ON CONFLICT (id) DO UPDATE SET titles = f.titles + more;
    RETURN NULL;
END $$;
CREATE TRIGGER count_new_titles AFTER INSERT ON reviews_title REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_count_titles();
CREATE TRIGGER count_deleted_titles AFTER DELETE ON reviews_title REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_count_titles();
"""

RECOUNT = """
CREATE FUNCTION reviews_recount_authors(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_user WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts_user u SET review_count = counted.number
        FROM (SELECT author.id, count(r.id) AS number FROM unnest(ids) AS author (id)
              LEFT JOIN reviews_review r ON r.author_id = author.id AND r.state = 'published' GROUP BY author.id) counted
        WHERE u.id = counted.id AND u.review_count <> counted.number;
    UPDATE reviews_review r SET author_reviews = u.review_count
        FROM accounts_user u WHERE u.id = ANY (ids) AND r.author_id = u.id AND r.author_reviews <> u.review_count;
END $$;

CREATE FUNCTION reviews_recount_titles(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reviews_before bigint;
    reviews_after bigint;
BEGIN
    PERFORM FROM reviews_title WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT coalesce(sum(review_count), 0) INTO reviews_before FROM reviews_title WHERE id = ANY (ids);
    UPDATE reviews_title t SET
        open_counts = counted.open_counts, spoiler_counts = counted.spoiler_counts,
        review_count = counted.number, last_reviewed = counted.newest
        FROM (
            SELECT cell.title_id,
                   array_agg(cell.open ORDER BY cell.place) AS open_counts,
                   array_agg(cell.spoiled ORDER BY cell.place) AS spoiler_counts,
                   sum(cell.open + cell.spoiled) AS number, max(cell.newest) AS newest
            FROM (
                SELECT title.id AS title_id, place, count(r.id) FILTER (WHERE NOT r.spoiler)::int AS open,
                       count(r.id) FILTER (WHERE r.spoiler)::int AS spoiled, max(r.created) AS newest
                FROM unnest(ids) AS title (id) CROSS JOIN generate_series(0, 10) AS place
                LEFT JOIN reviews_review r
                    ON r.title_id = title.id AND r.state = 'published' AND coalesce(r.rating, 0) = place
                GROUP BY title.id, place
            ) cell GROUP BY cell.title_id
        ) counted
        WHERE t.id = counted.title_id;
    UPDATE reviews_title t SET
        rating_counts = counted.rating_counts, rating_count = counted.number, rating_sum = counted.total
        FROM (
            SELECT cell.title_id, array_agg(cell.number ORDER BY cell.step) AS rating_counts,
                   sum(cell.number) AS number, sum(cell.number * cell.step) AS total
            FROM (
                SELECT title.id AS title_id, step, count(r.id)::int AS number
                FROM unnest(ids) AS title (id) CROSS JOIN generate_series(1, 10) AS step
                LEFT JOIN reviews_rating r ON r.title_id = title.id AND r.counted AND r.value = step
                GROUP BY title.id, step
            ) cell GROUP BY cell.title_id
        ) counted
        WHERE t.id = counted.title_id;
    SELECT coalesce(sum(review_count), 0) INTO reviews_after FROM reviews_title WHERE id = ANY (ids);
    INSERT INTO reviews_sitefigures AS f (id, titles, reviews) VALUES (1, 0, reviews_after - reviews_before)
        ON CONFLICT (id) DO UPDATE SET reviews = f.reviews + reviews_after - reviews_before;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("accounts", "0001_initial")]

    # Backwards a function takes its triggers along.
    operations = [
        migrations.RunSQL(BODY_LENGTH, "DROP FUNCTION reviews_body_length CASCADE"),
        migrations.RunSQL(NEW_REVIEW, "DROP FUNCTION reviews_new_review CASCADE"),
        migrations.RunSQL(
            COUNT_RATING,
            "DROP FUNCTION reviews_count_rating, reviews_new_rating, reviews_rating_counts_if_public, "
            "reviews_is_out_of_sight CASCADE",
        ),
        migrations.RunSQL(COUNT_REVIEW, "DROP FUNCTION reviews_count_review, reviews_count_one CASCADE"),
        migrations.RunSQL(FORMER_PLACE, "DROP FUNCTION reviews_keep_former_place CASCADE"),
        migrations.RunSQL(COUNT_TITLE, "DROP FUNCTION reviews_count_titles CASCADE"),
        migrations.RunSQL(RECOUNT, "DROP FUNCTION reviews_recount_titles, reviews_recount_authors"),
    ]
