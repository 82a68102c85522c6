"""What was found in a file as it was looked into, an index to find equal files, and the list of files left behind."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0006_feeds_and_ends_by_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='tên trong kho')),
                ('left_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='bỏ lại lúc')),
            ],
            options={
                'verbose_name': 'tệp bỏ lại',
                'verbose_name_plural': 'tệp bỏ lại',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='attachment',
            name='checked_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='kiểm tra lúc'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='flags',
            field=models.JSONField(default=list, editable=False, verbose_name='điều người duyệt cần biết'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='pages',
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name='số trang'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['sha256'], name='attachment_by_bytes'),
        ),
    ]
