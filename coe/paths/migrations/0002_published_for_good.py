from django.db import migrations

REFUSE = """
CREATE FUNCTION paths_refuse_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'edition % is published: % is refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER paths_edition_for_good BEFORE UPDATE OR DELETE ON paths_edition
    FOR EACH ROW EXECUTE FUNCTION paths_refuse_edition();

CREATE FUNCTION paths_refuse_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.edition_id] WHEN 'DELETE' THEN ARRAY[OLD.edition_id]
        ELSE ARRAY[OLD.edition_id, NEW.edition_id] END;
BEGIN
    -- The share lock waits for whoever publishes the edition at this moment.
    PERFORM 1 FROM paths_edition WHERE id = ANY(ids) FOR SHARE;
    IF EXISTS (SELECT 1 FROM paths_edition WHERE id = ANY(ids) AND state = 'published') THEN
        RAISE EXCEPTION 'the edition of this step is published: % is refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER paths_step_for_good BEFORE INSERT OR UPDATE OR DELETE ON paths_step
    FOR EACH ROW EXECUTE FUNCTION paths_refuse_step();
"""
UNDO = """
DROP TRIGGER paths_step_for_good ON paths_step;
DROP FUNCTION paths_refuse_step();
DROP TRIGGER paths_edition_for_good ON paths_edition;
DROP FUNCTION paths_refuse_edition();
"""


class Migration(migrations.Migration):
    dependencies = [("paths", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
