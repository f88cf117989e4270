from django.db import migrations

REFUSE = """
CREATE FUNCTION handoffs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept for good: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER handoffs_decision_for_good BEFORE UPDATE OR DELETE ON handoffs_decision
    FOR EACH ROW EXECUTE FUNCTION handoffs_refuse();
CREATE TRIGGER handoffs_checkrun_for_good BEFORE UPDATE ON handoffs_checkrun
    FOR EACH ROW EXECUTE FUNCTION handoffs_refuse();
"""
UNDO = """
DROP TRIGGER handoffs_checkrun_for_good ON handoffs_checkrun;
DROP TRIGGER handoffs_decision_for_good ON handoffs_decision;
DROP FUNCTION handoffs_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("handoffs", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
