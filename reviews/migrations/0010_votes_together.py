"""Votes that come at the same moment are cast together, in one transaction.

Locks are taken in the order of `counters`: the members who vote, by number, then the reviews, by number. So two such
transactions never wait for each other, and neither do one of them and a member who leaves.
"""

from django.db import migrations

# The votes of one direction on a review that may be a burst: in the days of its window, and in those before.
VOTES_ALIKE = """
CREATE FUNCTION reviews_votes_alike(voted bigint, said boolean, days int, days_before int,
    OUT new int, OUT earlier int) LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := clock_timestamp() - make_interval(days => days);
BEGIN
    SELECT count(*) FILTER (WHERE "cast" > since AND standing IN ('counted', 'held')),
            count(*) FILTER (WHERE "cast" <= since AND standing <> 'voided') INTO new, earlier
        FROM reviews_vote
        WHERE review_id = voted AND helpful = said AND "cast" > since - make_interval(days => days_before);
END $$;
"""

# As in `moderation`, but that the member is locked first and by their row; that who votes once more as before is told the
# votes too, unless their vote was voided; and that votes which may be a burst are counted at once. A second vote of a
# member waits until the first is counted, so the limit holds to the vote. `now()` would be the beginning of the
# transaction.
CAST_VOTE = """
DROP FUNCTION reviews_cast_vote;
CREATE FUNCTION reviews_cast_vote(voter bigint, voted bigint, said boolean, most int, burst int, days int, days_before int,
    OUT outcome text, OUT now_helpful int, OUT now_votes int, OUT now_before_edit int, OUT new int, OUT earlier int)
    LANGUAGE plpgsql AS $$
DECLARE
    shown int;
    before reviews_vote;
    yesterday timestamptz := clock_timestamp() - interval '1 day';
    alike text[];
BEGIN
    PERFORM FROM accounts_user WHERE id = voter FOR NO KEY UPDATE;
    SELECT version, helpful, votes, votes_before_edit INTO shown, now_helpful, now_votes, now_before_edit
        FROM reviews_review WHERE id = voted AND state = 'published' AND author_id <> voter FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'refused';
        RETURN;
    END IF;
    SELECT * INTO before FROM reviews_vote WHERE review_id = voted AND member_id = voter;
    IF before.standing = 'voided' THEN
        outcome := 'voided';
        RETURN;
    END IF;
    IF before.helpful = said THEN
        outcome := 'unchanged';
        RETURN;
    END IF;
    IF before.id IS NULL OR before."cast" <= yesterday THEN
        PERFORM FROM reviews_vote WHERE member_id = voter AND "cast" > yesterday OFFSET most - 1 LIMIT 1;
        IF FOUND THEN
            outcome := 'limit';
            RETURN;
        END IF;
    END IF;
    alike := ARRAY(SELECT standing FROM reviews_vote
                   WHERE review_id = voted AND helpful = said AND standing IN ('counted', 'held')
                       AND "cast" > clock_timestamp() - make_interval(days => days)
                   ORDER BY "cast" DESC LIMIT burst - 1);
    INSERT INTO reviews_vote AS vote (review_id, member_id, helpful, version, "cast", standing)
        VALUES (voted, voter, said, shown, clock_timestamp(),
                CASE WHEN cardinality(alike) = burst - 1 AND alike[1] = 'held' THEN 'held' ELSE 'counted' END)
        ON CONFLICT (review_id, member_id) DO UPDATE SET helpful = EXCLUDED.helpful, version = EXCLUDED.version,
            "cast" = EXCLUDED."cast", standing = EXCLUDED.standing;
    SELECT helpful, votes, votes_before_edit INTO now_helpful, now_votes, now_before_edit
        FROM reviews_review WHERE id = voted;
    -- The more votes there are, the less one of them changes, and the more seldom is it worth a look.
    outcome := CASE WHEN cardinality(alike) < burst - 1 THEN 'cast' WHEN alike[1] = 'held' THEN 'held'
                    WHEN now_votes % (now_votes / 500 + 1) = 0 THEN 'many' ELSE 'cast' END;
    IF outcome = 'many' THEN
        SELECT * INTO new, earlier FROM reviews_votes_alike(voted, said, days, days_before);
    END IF;
END $$;
"""

# Whoever waits here has others wait too, so nobody does for long: then each vote is cast for itself. How many members vote
# changes nothing about the plan, which would otherwise be made anew each time.
CAST_VOTES = """
CREATE FUNCTION reviews_cast_votes(
    voters bigint[], voted bigint[], said boolean[], most int, burst int, days int, days_before int,
    OUT place int, OUT outcome text, OUT now_helpful int, OUT now_votes int, OUT now_before_edit int, OUT new int,
    OUT earlier int)
    RETURNS SETOF record LANGUAGE plpgsql SET lock_timeout = '500ms' SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM accounts_user WHERE id = ANY (voters) ORDER BY id FOR NO KEY UPDATE;
    RETURN QUERY SELECT vote.place::int, done.* FROM (
        SELECT * FROM unnest(voters, voted, said) WITH ORDINALITY AS vote (voter, review, helpful, place)
            ORDER BY review, place OFFSET 0
    ) AS vote, LATERAL reviews_cast_vote(
        vote.voter, vote.review, vote.helpful, most, burst, days, days_before) AS done;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0009_looks")]

    operations = [migrations.RunSQL(part, migrations.RunSQL.noop) for part in (VOTES_ALIKE, CAST_VOTE, CAST_VOTES)]
