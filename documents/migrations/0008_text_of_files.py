"""What is known of the text of files: how far its reading has come, and its pages."""

import django.db.models.deletion
import portal.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0007_what_was_found_in_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='text_crashes',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='attachment',
            name='text_leased_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='attachment',
            name='text_note',
            field=models.CharField(blank=True, default='', editable=False, max_length=300, verbose_name='ghi chú về chữ trong tệp'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='text_state',
            field=models.CharField(choices=[('waiting', 'Đang chờ đọc chữ'), ('done', 'Đã đọc chữ'), ('no-text', 'Không có lớp chữ'), ('failed', 'Không đọc được chữ')], db_index=True, default='waiting', editable=False, max_length=10, verbose_name='chữ trong tệp'),
        ),
        migrations.CreateModel(
            name='PageText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='trang')),
                ('text', portal.text.BlockField(blank=True, verbose_name='chữ')),
                ('width', models.FloatField(default=0, verbose_name='rộng')),
                ('height', models.FloatField(default=0, verbose_name='cao')),
                ('by_ocr', models.BooleanField(default=False, verbose_name='nhận dạng từ ảnh')),
                ('was_legacy', models.BooleanField(default=False, verbose_name='chuyển từ phông chữ cũ')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='page_texts', to='documents.attachment')),
            ],
            options={
                'verbose_name': 'trang của tệp',
                'verbose_name_plural': 'trang của tệp',
                'constraints': [models.UniqueConstraint(fields=('attachment', 'number'), name='one_text_of_a_page')],
            },
        ),
    ]
