

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_list_orders'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('core', '0004_unread'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('slug', models.SlugField(max_length=90, unique=True)),
                ('kind', models.CharField(choices=[('model_guide', 'Model guide'), ('how_to', 'How-to'), ('playbook', 'Playbook'), ('lesson', 'Lesson'), ('glossary', 'Glossary')], max_length=12)),
                ('audience', models.CharField(choices=[('everyone', 'Everyone'), ('executives', 'Executives'), ('business', 'Business stakeholders'), ('teams', 'New teams'), ('data_science', 'Data scientists'), ('operations', 'ML operations')], default='everyone', max_length=12)),
                ('outcome', models.CharField(blank=True, choices=[('success', 'It worked'), ('failure', 'It did not work'), ('mixed', 'Some of it worked')], max_length=8)),
                ('visibility', models.CharField(choices=[('company', 'Everyone in the company'), ('unit', 'People of the unit')], default='company', max_length=8)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('title', models.CharField(max_length=160)),
                ('published_at', models.DateTimeField(null=True)),
                ('first_published_at', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verify_every_days', models.PositiveIntegerField(default=180, verbose_name='days between verifications')),
                ('archived_at', models.DateTimeField(null=True)),
                ('origin', models.CharField(blank=True, max_length=80)),
                ('origin_path', models.CharField(blank=True, max_length=400)),
                ('origin_url', models.URLField(blank=True, max_length=600)),
                ('origin_digest', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to=settings.AUTH_USER_MODEL)),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='accounts.businessunit')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['title', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=160)),
                ('summary', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('toc', models.JSONField(default=list)),
                ('parts', models.JSONField(default=list)),
                ('plain', models.TextField(blank=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('restored_from', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='guides.document')),
            ],
            options={
                'ordering': ['document', '-number'],
            },
        ),
        migrations.AddField(
            model_name='document',
            name='latest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guides.revision'),
        ),
        migrations.AddField(
            model_name='document',
            name='published',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guides.revision'),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='guides.document')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('document', 'name'), name='attachment_once')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('helpful', 'Helpful'), ('not_helpful', 'Not helpful'), ('comment', 'Comment'), ('wrong_output', 'Wrong output')], max_length=12)),
                ('state', models.CharField(choices=[('noted', 'Noted'), ('open', 'Open'), ('answered', 'Answered')], default='open', max_length=8)),
                ('section', models.CharField(blank=True, max_length=80)),
                ('version', models.PositiveIntegerField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(blank=True, null=True)),
                ('text', models.TextField(blank=True, max_length=4000)),
                ('got', models.TextField(blank=True, max_length=1000, verbose_name='what came out')),
                ('expected', models.TextField(blank=True, max_length=1000, verbose_name='what was right')),
                ('happened_on', models.DateField(blank=True, null=True, verbose_name='when')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.CharField(blank=True, choices=[('mended', 'Mended'), ('explained', 'Explained: it is meant to be so'), ('planned', 'Will be mended in a later version'), ('declined', 'Will not be changed')], max_length=10)),
                ('answer', models.TextField(blank=True, max_length=4000)),
                ('answer_html', models.TextField(blank=True, editable=False)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to=settings.AUTH_USER_MODEL)),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id', 'state'], name='feedback_by_subject'), models.Index(fields=['state', '-created_at'], name='feedback_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('subject_id__isnull', False), ('subject_type__isnull', False)), name='feedback_about_something'), models.UniqueConstraint(condition=models.Q(('kind__in', ['helpful', 'not_helpful'])), fields=('author', 'subject_type', 'subject_id'), name='feedback_one_vote'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'wrong_output'), _negated=True), models.Q(('got', ''), _negated=True), _connector='OR'), name='feedback_wrong_output_has_case'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'answered'), _negated=True), ('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state', 'answered'), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='feedback_answered_whole')],
            },
        ),
        migrations.CreateModel(
            name='Reader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='guides.document')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['document', 'last_at'], name='reader_by_document')],
                'constraints': [models.UniqueConstraint(fields=('document', 'person'), name='reader_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('document', 'number'), name='revision_once'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['subject_type', 'subject_id'], name='document_by_subject'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['kind', 'title'], name='document_by_kind'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['-first_published_at'], name='document_newest'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='document_tags'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['model_guide', 'how_to', 'playbook', 'lesson', 'glossary'])), name='document_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['everyone', 'executives', 'business', 'teams', 'data_science', 'operations'])), name='document_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), ('kind', 'lesson'), _connector='OR'), name='document_outcome_of_lesson'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['company', 'unit'])), name='document_visibility_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('visibility', 'company'), ('unit__isnull', False), _connector='OR'), name='document_unit_when_for_unit'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject_id', None), ('subject_type', None)), models.Q(('subject_id__isnull', False), ('subject_type__isnull', False)), _connector='OR'), name='document_subject_whole'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'model_guide'), _negated=True), ('subject_type__isnull', False), _connector='OR'), name='document_model_guide_of_something'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='document_verified_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('verify_every_days__gte', 7), ('verify_every_days__lte', 1100)), name='document_verify_days'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at', None), ('kind', 'model_guide')), fields=('subject_type', 'subject_id'), name='document_one_model_guide'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', ''), _negated=True), fields=('origin', 'origin_path'), name='document_imported_once'),
        ),
    ]
