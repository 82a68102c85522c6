import django.db.models.deletion
import portal.text.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='IndexEntry',
            fields=[
                ('key', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=8)),
                ('object_id', models.BigIntegerField()),
                ('day', models.DateField(null=True)),
                ('facts', models.TextField()),
            ],
            options={
                'db_table': 'search_entry',
            },
        ),
        migrations.CreateModel(
            name='IndexState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MissedQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('query', models.CharField(max_length=80, unique=True, verbose_name='đã tìm')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='số lần')),
                ('last_on', models.DateField(verbose_name='lần cuối')),
            ],
            options={
                'verbose_name': 'điều tìm không thấy',
                'verbose_name_plural': 'điều tìm không thấy',
                'ordering': ['-times', '-last_on', 'query'],
            },
        ),
        migrations.CreateModel(
            name='ScheduledChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('model', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'search_turn',
            },
        ),
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', portal.text.fields.LineField(help_text='Ví dụ CNTT.', max_length=80, verbose_name='từ hoặc chữ viết tắt')),
                ('meaning', portal.text.fields.LineField(help_text='Ví dụ công nghệ thông tin. Tìm được theo cả hai chiều.', max_length=120, verbose_name='cũng là')),
            ],
            options={
                'verbose_name': 'từ đồng nghĩa',
                'verbose_name_plural': 'từ đồng nghĩa khi tìm kiếm',
                'ordering': ['word'],
            },
        ),
        migrations.CreateModel(
            name='IndexedText',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='search.indexentry')),
                ('title', models.TextField()),
                ('number', models.TextField(default='')),
                ('summary', models.TextField(default='')),
                ('note', models.TextField(default='')),
                ('address', models.TextField()),
                ('body', models.TextField(default='')),
                ('places', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'search_entrytext',
            },
        ),
        migrations.AddConstraint(
            model_name='indexentry',
            constraint=models.UniqueConstraint(fields=('kind', 'object_id'), name='one_entry_of_a_thing'),
        ),
        migrations.AddIndex(
            model_name='scheduledchange',
            index=models.Index(fields=['model', 'object_id'], name='turns_of_a_thing'),
        ),
        migrations.AddConstraint(
            model_name='synonym',
            constraint=models.UniqueConstraint(fields=('word', 'meaning'), name='one_row_of_a_synonym'),
        ),
    ]
