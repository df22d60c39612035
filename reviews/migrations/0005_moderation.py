"""Moderation: cases, reports, appeals, the record that cannot be changed, and votes that are held.

The triggers follow those of migration `counters` and keep to its order of locks.
"""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

NOT_BULK = "current_setting('reviewsite.bulk', true) IS DISTINCT FROM 'on'"

# A row of the record stays as it was written, whoever asks: `ENABLE ALWAYS` holds for sessions that let triggers rest, too.
FINAL = """
CREATE FUNCTION reviews_act_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'acts of moderation are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER act_is_final BEFORE UPDATE OR DELETE ON reviews_act
    FOR EACH ROW EXECUTE FUNCTION reviews_act_is_final();
CREATE TRIGGER acts_are_final BEFORE TRUNCATE ON reviews_act
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_act_is_final();
ALTER TABLE reviews_act ENABLE ALWAYS TRIGGER act_is_final;
ALTER TABLE reviews_act ENABLE ALWAYS TRIGGER acts_are_final;
"""

# A vote that is held or voided counts nowhere. It touches its review when it begins or ceases to count.
#
# A vote keeps which version of the review it was counted on, and one from before the last edit that is withdrawn or
# changed leaves their number. Time would not tell the two apart: a vote can begin before an edit and be counted after it.
# `reviews_cast_vote` has written the version already; this sees to it whoever writes.
#
# The counting of votes does not rest in an import, but for those that go with their reviews: they leave no counter behind
# that would have to be right.
COUNT_VOTE = f"""
CREATE FUNCTION reviews_count_vote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted_on int;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.standing IN ('counted', 'cleared') THEN
            UPDATE reviews_review SET votes = votes - 1, helpful = helpful - OLD.helpful::int,
                votes_before_edit = votes_before_edit - (OLD.version < version)::int WHERE id = OLD.review_id;
        END IF;
    ELSIF NEW.standing IN ('counted', 'cleared') THEN
        UPDATE reviews_review SET votes = votes + 1, helpful = helpful + NEW.helpful::int WHERE id = NEW.review_id
            RETURNING version INTO counted_on;
        IF NEW.version <> counted_on THEN
            UPDATE reviews_vote SET version = counted_on WHERE id = NEW.id;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_vote AFTER INSERT ON reviews_vote
    FOR EACH ROW EXECUTE FUNCTION reviews_count_vote();
CREATE TRIGGER count_withdrawn_vote AFTER DELETE ON reviews_vote
    FOR EACH ROW WHEN ({NOT_BULK}) EXECUTE FUNCTION reviews_count_vote();

CREATE FUNCTION reviews_count_changed_vote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted_on int;
    was int := (OLD.standing IN ('counted', 'cleared'))::int;
    counts int := (NEW.standing IN ('counted', 'cleared'))::int;
    recast boolean := OLD.helpful <> NEW.helpful;
BEGIN
    IF was + counts = 0 THEN
        RETURN NULL;
    END IF;
    UPDATE reviews_review SET votes = votes + counts - was,
        helpful = helpful + counts * NEW.helpful::int - was * OLD.helpful::int,
        votes_before_edit = votes_before_edit - was * (OLD.version < version)::int
            + counts * (NOT recast AND NEW.version < version)::int
        WHERE id = NEW.review_id RETURNING version INTO counted_on;
    IF recast AND NEW.version <> counted_on THEN
        UPDATE reviews_vote SET version = counted_on WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_changed_vote AFTER UPDATE OF helpful, standing ON reviews_vote
    FOR EACH ROW WHEN ((OLD.helpful, OLD.standing) IS DISTINCT FROM (NEW.helpful, NEW.standing))
    EXECUTE FUNCTION reviews_count_changed_vote();
"""

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

# One vote in one round trip; `reviews.voting` tells what it promises. Locks are taken in the order of `counters`: the
# member who votes, then the review, which is locked and looked at in one, so a vote that meets a hide or a deletion counts
# before it or not at all. A second vote of a member waits until the first is counted, so the limit holds to the vote. Who
# votes once more as before is told the votes too, unless their vote was voided. Votes that may be a burst are counted at
# once. `now()` would be the beginning of the transaction.
CAST_VOTE = """
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

# Votes of one moment in one transaction: the members are locked by number, then the reviews by number. So two such
# transactions never wait for each other, and neither do one of them and a member who leaves. Whoever waits here has others
# wait too, so nobody does for long: then each vote is cast for itself. How many members vote changes nothing about the
# plan, which would otherwise be made anew each time.
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
    dependencies = [
        ("reviews", "0004_members"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_action", "No action"),
                            ("fold", "Folded as spoiler"),
                            ("hide", "Hidden"),
                            ("hold", "Held"),
                            ("restore", "Restored"),
                            ("suspend", "Author suspended"),
                            ("lift", "Suspension lifted"),
                            ("hold_votes", "Votes held"),
                            ("count_votes", "Votes counted"),
                            ("void_votes", "Votes voided"),
                            ("uphold", "Decision upheld"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("moderator", "a moderator"),
                            ("reports", "a rule: weight of reports"),
                            ("links", "a rule: links in a first review"),
                            ("alike", "a rule: very like another member's review"),
                            ("rewritten", "a rule: written anew after a hidden one"),
                            ("votes", "a rule: burst of votes"),
                        ],
                        default="moderator",
                        max_length=12,
                        verbose_name="by",
                    ),
                ),
                ("case_number", models.BigIntegerField(null=True)),
                ("reason", models.TextField(blank=True, db_default="", verbose_name="reason")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("version", models.IntegerField(null=True, verbose_name="version of the review")),
                ("reports", models.IntegerField(db_default=0, default=0, verbose_name="reports decided")),
                ("votes", models.IntegerField(db_default=0, default=0, verbose_name="votes")),
                ("waited", models.DurationField(null=True, verbose_name="waited")),
                ("overturns", models.BooleanField(null=True)),
            ],
            options={
                "verbose_name": "act of moderation",
                "verbose_name_plural": "acts of moderation",
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("objection", "objection"), ("edited", "edited, please look again")], max_length=10
                    ),
                ),
                ("words", models.TextField(blank=True, db_default="", verbose_name="why")),
                ("made", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["made"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened")),
                ("closed", models.DateTimeField(null=True, verbose_name="closed")),
                ("weight", models.FloatField(db_default=0, default=0, verbose_name="weight")),
                ("version", models.IntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "permissions": [("decide_case", "Can decide cases of moderation")],
            },
        ),
        migrations.CreateModel(
            name="HouseRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="version")),
                ("introduction", models.TextField(blank=True, default="", verbose_name="introduction")),
                (
                    "published",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="published"),
                ),
            ],
            options={
                "verbose_name": "house rules",
                "verbose_name_plural": "house rules",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("read", models.BooleanField(db_default=False, default=False, verbose_name="read")),
                ("mailed", models.DateTimeField(null=True, verbose_name="mailed")),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, db_default="", max_length=150, verbose_name="name")),
                ("email", models.EmailField(blank=True, db_default="", max_length=254, verbose_name="e-mail")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spoiler", "Unmarked spoiler"),
                            ("insult", "Insult or hate"),
                            ("advertising", "Advertising or spam"),
                            ("off_topic", "Not about this title"),
                            ("copied", "Copied"),
                            ("personal", "Personal data"),
                            ("law", "Against the law"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("words", models.TextField(blank=True, db_default="", verbose_name="in a few words")),
                ("weight", models.FloatField(verbose_name="weight")),
                ("made", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                ("upheld", models.BooleanField(null=True, verbose_name="upheld")),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["-weight", "made"],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spoiler", "Unmarked spoiler"),
                            ("insult", "Insult or hate"),
                            ("advertising", "Advertising or spam"),
                            ("off_topic", "Not about this title"),
                            ("copied", "Copied"),
                            ("personal", "Personal data"),
                            ("law", "Against the law"),
                            ("other", "Something else"),
                        ],
                        db_default="",
                        max_length=20,
                        verbose_name="proposed for",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="folded",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="folded by a moderator"
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="standing",
            field=models.CharField(
                choices=[
                    ("counted", "counted"),
                    ("held", "held until a moderator decides"),
                    ("cleared", "counted by a moderator"),
                    ("voided", "voided by a moderator"),
                ],
                db_default="counted",
                default="counted",
                max_length=7,
                verbose_name="standing",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="votes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(models.F("member"), models.F("cast"), name="vote_by_member"),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(models.F("review"), models.F("helpful"), models.F("cast"), name="vote_on_review"),
        ),
        migrations.AddField(
            model_name="act",
            name="answers",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="answered_by", to="reviews.act"
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="acts_about",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="moderator",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="review",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="acts",
                to="reviews.review",
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="title",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.title",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="act",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="reviews.act"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decided_appeals", to="reviews.act"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="appeals", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="member",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="review",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="appeals", to="reviews.case"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="act",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="reviews.act"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="member",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="act",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decided_reports", to="reviews.act"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="reviews.case"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="reporter",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reports",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="review",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="report",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="reviews.report"
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="house_rules",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="reviews.houserules",
                verbose_name="house rules",
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="rule",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.rule",
                verbose_name="rule",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                django.db.models.expressions.CombinedExpression(models.F("weight"), "*", models.Value(-1)),
                models.F("opened"),
                models.F("id"),
                condition=models.Q(("closed", None)),
                name="case_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member__isnull", False), ("review__isnull", True)),
                    models.Q(("member__isnull", True), ("review__isnull", False)),
                    _connector="OR",
                ),
                name="case_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                models.F("review"), condition=models.Q(("closed", None)), name="one_open_case_a_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                models.F("member"), condition=models.Q(("closed", None)), name="one_open_case_a_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                models.F("act"), condition=models.Q(("kind", "objection")), name="one_objection_a_decision"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                models.F("act"), condition=models.Q(("decision", None)), name="one_open_appeal_a_decision"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(models.F("reporter"), models.F("made"), name="report_by_reporter"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                models.F("review"), models.F("reporter"), name="one_report_a_member_and_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                models.F("review"),
                models.F("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="one_report_an_address_and_review",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("member"),
                django.db.models.expressions.CombinedExpression(models.F("id"), "*", models.Value(-1)),
                name="notice_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(models.F("id"), condition=models.Q(("mailed", None)), name="notice_to_mail"),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(models.F("house_rules"), models.F("number"), name="rule_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", "moderator"), ("moderator", None), _connector="OR"),
                name="act_by_one_of_the_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(("answers", None), ("overturns__isnull", False), _connector="OR"),
                name="act_answers_something",
            ),
        ),
        # Backwards a function takes its triggers along.
        migrations.RunSQL(FINAL, "DROP FUNCTION reviews_act_is_final CASCADE"),
        migrations.RunSQL(COUNT_VOTE, "DROP FUNCTION reviews_count_changed_vote, reviews_count_vote CASCADE"),
        migrations.RunSQL(VOTES_ALIKE, "DROP FUNCTION reviews_votes_alike"),
        migrations.RunSQL(CAST_VOTE, "DROP FUNCTION reviews_cast_vote"),
        migrations.RunSQL(CAST_VOTES, "DROP FUNCTION reviews_cast_votes"),
    ]
