from django.db import migrations

REFUSE = """
CREATE FUNCTION guides_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'revisions are kept for good: % is refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guides_revision_for_good BEFORE UPDATE OR DELETE ON guides_revision
    FOR EACH ROW EXECUTE FUNCTION guides_refuse();
"""
UNDO = """
DROP TRIGGER guides_revision_for_good ON guides_revision;
DROP FUNCTION guides_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("guides", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
