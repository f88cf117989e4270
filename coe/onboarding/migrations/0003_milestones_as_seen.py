"""When the first run and the first model in production were reached: by what Cairn saw, not by a pilot handed over or a
step that was waived.
"""

from django.db import migrations

_SEEN = """
    (SELECT min(p.first_at)
       FROM onboarding_progress p
      WHERE p.state = 'verified'
        AND (p.enrolment_id = e.id OR (p.team_id = e.team_id AND p.path_id = e.path_id))
        AND p.step_key IN (SELECT s.key FROM paths_step s JOIN paths_edition d ON d.id = s.edition_id
                            WHERE d.path_id = e.path_id AND s.check_key = '{check}'))
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_initial"), ("paths", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "UPDATE onboarding_enrolment e SET"
            f" first_run_at = {_SEEN.format(check='first_run')},"
            f" first_production_at = {_SEEN.format(check='in_production')}",
            migrations.RunSQL.noop,
        )
    ]
