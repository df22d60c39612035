"""Which of what is kept rendered still holds: `look` of a review and of a title grows with each change that can be seen.

Votes leave it alone. They change numbers that are read at each request, and places in the orders, of which
`FormerPlace` keeps account; nothing that was rendered grows stale by them. Everything else goes by here, whoever writes:
a review's own columns, its author's name, the title's own columns and figures, what stands beside the title. Locks are
taken in the order of `counters`: author, reviews, title.
"""

from django.db import migrations, models

NOT_BULK = "current_setting('reviewsite.bulk', true) IS DISTINCT FROM 'on'"
# `SEEN_ON_THE_CARD`, written down once more: what a migration made must not depend on when it was run.
COLUMNS = (
    "title_id",
    "author_id",
    "headline",
    "body",
    "spoiler",
    "language",
    "state",
    "created",
    "edited",
    "version",
    "rating",
)
SEEN = ", ".join(COLUMNS)

REVIEWS = f"""
CREATE FUNCTION reviews_new_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.look := OLD.look + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER new_look BEFORE UPDATE OF {SEEN} ON reviews_review
    FOR EACH ROW WHEN (({", ".join(f"OLD.{name}" for name in COLUMNS)}) IS DISTINCT FROM
                       ({", ".join(f"NEW.{name}" for name in COLUMNS)}))
    EXECUTE FUNCTION reviews_new_look();

-- An import counts its titles anew at its end, which changes their look too.
CREATE FUNCTION reviews_new_look_of_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_title SET look = look WHERE id IN (OLD.title_id, NEW.title_id);
    RETURN NULL;
END $$;
CREATE TRIGGER new_look_of_title AFTER UPDATE OF {SEEN}, look ON reviews_review
    FOR EACH ROW WHEN ({NOT_BULK} AND OLD.look <> NEW.look) EXECUTE FUNCTION reviews_new_look_of_title();
"""

AUTHORS = """
CREATE FUNCTION reviews_author_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_review SET look = look + 1 WHERE author_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER author_renamed AFTER UPDATE OF username, name, former ON accounts_user
    FOR EACH ROW WHEN ((OLD.username, OLD.name, OLD.former) IS DISTINCT FROM (NEW.username, NEW.name, NEW.former))
    EXECUTE FUNCTION reviews_author_renamed();
"""

TITLES = "CREATE TRIGGER new_look BEFORE UPDATE ON reviews_title FOR EACH ROW EXECUTE FUNCTION reviews_new_look()"

CHANGED_BESIDE = """
CREATE FUNCTION reviews_changed_beside_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_title SET look = look WHERE id IN (SELECT title_id FROM changed);
    RETURN NULL;
END $$;
"""
BESIDE = CHANGED_BESIDE + "\n".join(
    f"CREATE TRIGGER new_look_{event.lower()} AFTER {event} ON reviews_{table} REFERENCING {rows} TABLE AS changed"
    " FOR EACH STATEMENT EXECUTE FUNCTION reviews_changed_beside_title();"
    for table in ("award", "faqentry", "externalreview", "criticreview")
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_log")]

    operations = [
        migrations.AddField("review", "look", models.IntegerField(db_default=1, default=1, editable=False)),
        migrations.AddField("title", "look", models.IntegerField(db_default=1, default=1, editable=False)),
        # Backwards a function takes its triggers along.
        migrations.RunSQL(REVIEWS, "DROP FUNCTION reviews_new_look_of_title, reviews_new_look CASCADE"),
        migrations.RunSQL(AUTHORS, "DROP FUNCTION reviews_author_renamed CASCADE"),
        migrations.RunSQL(TITLES, "DROP TRIGGER new_look ON reviews_title"),
        migrations.RunSQL(BESIDE, "DROP FUNCTION reviews_changed_beside_title CASCADE"),
    ]
