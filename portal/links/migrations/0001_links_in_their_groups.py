import django.core.validators
import django.db.models.deletion
import portal.pictures.fields
import portal.text.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LinkGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=120, unique=True, verbose_name='tên nhóm')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
            ],
            options={
                'verbose_name': 'nhóm liên kết',
                'verbose_name_plural': 'nhóm liên kết',
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('title', portal.text.fields.LineField(max_length=150, verbose_name='tên website')),
                ('url', models.URLField(error_messages={'invalid': 'Địa chỉ phải bắt đầu bằng http:// hoặc https://, ví dụ https://nghean.gov.vn.'}, max_length=300, validators=[django.core.validators.URLValidator(message='Địa chỉ phải bắt đầu bằng http:// hoặc https://, ví dụ https://nghean.gov.vn.', schemes=['http', 'https'])], verbose_name='địa chỉ')),
                ('logo', portal.pictures.fields.PictureField(blank=True, help_text='JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.', upload_to='', verbose_name='logo')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='links.linkgroup', verbose_name='nhóm')),
            ],
            options={
                'verbose_name': 'liên kết',
                'verbose_name_plural': 'liên kết',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
    ]
