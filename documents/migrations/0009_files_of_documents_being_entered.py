"""Files that a clerk has chosen and whose document is not saved yet."""


import django.db.models.deletion
import django.utils.timezone
import documents.attachments
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0008_text_of_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('values', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='documents.document')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'văn bản đang nhập từ tệp',
                'verbose_name_plural': 'văn bản đang nhập từ tệp',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StagedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(help_text='PDF, Word, Excel hoặc OpenDocument.', max_length=120, storage=documents.attachments.attachment_storage, upload_to=documents.attachments.attachment_path, verbose_name='tệp')),
                ('original_name', models.CharField(editable=False, max_length=255, verbose_name='tên tệp')),
                ('size', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='cỡ (byte)')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256')),
                ('pages', models.PositiveIntegerField(editable=False, null=True, verbose_name='số trang')),
                ('flags', models.JSONField(default=list, editable=False, verbose_name='điều người duyệt cần biết')),
                ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='kiểm tra lúc')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='documents.entry')),
            ],
            options={
                'verbose_name': 'tệp chờ lưu',
                'verbose_name_plural': 'tệp chờ lưu',
                'default_permissions': (),
            },
        ),
    ]
