import django.core.validators
import django.db.models.deletion
import portal.pictures.fields
import portal.richtext.field
import portal.text.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('message', portal.text.fields.BlockField(max_length=400, verbose_name='nội dung')),
                ('page_path', models.CharField(blank=True, help_text='Địa chỉ trong cổng, bắt đầu bằng /.', max_length=200, validators=[django.core.validators.RegexValidator('^/(?![/\\\\])[^\\s\\\\]*$', 'Địa chỉ phải bắt đầu bằng /.')], verbose_name='xem thêm ở')),
            ],
            options={
                'verbose_name': 'thông báo đầu trang',
                'verbose_name_plural': 'thông báo đầu trang',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
        migrations.CreateModel(
            name='SiteIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(default='Sở Thông tin và Truyền thông', max_length=150, verbose_name='tên đơn vị')),
                ('province', portal.text.fields.LineField(blank=True, default='tỉnh Nghệ An', max_length=100, verbose_name='tên tỉnh, thành phố')),
                ('parent_body', portal.text.fields.LineField(blank=True, default='Ủy ban nhân dân tỉnh Nghệ An', max_length=150, verbose_name='cơ quan chủ quản')),
                ('responsible', portal.text.fields.LineField(blank=True, default='Giám đốc Sở', max_length=150, verbose_name='người chịu trách nhiệm')),
                ('address', portal.text.fields.LineField(blank=True, max_length=250, verbose_name='địa chỉ')),
                ('phone', portal.text.fields.LineField(blank=True, max_length=60, verbose_name='điện thoại')),
                ('fax', portal.text.fields.LineField(blank=True, max_length=60, verbose_name='fax')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử')),
                ('description', portal.text.fields.BlockField(blank=True, help_text='Dùng cho máy tìm kiếm.', max_length=400, verbose_name='giới thiệu ngắn')),
                ('licence', portal.text.fields.LineField(blank=True, max_length=250, verbose_name='giấy phép')),
                ('logo', portal.pictures.fields.PictureField(blank=True, help_text='JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.', upload_to='', verbose_name='logo hoặc biểu trưng')),
            ],
            options={
                'verbose_name': 'thông tin đơn vị',
                'verbose_name_plural': 'thông tin đơn vị',
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('slug', models.SlugField(blank=True, error_messages={'unique': 'Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo.'}, help_text='Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('title', portal.text.fields.LineField(max_length=200, verbose_name='tiêu đề')),
                ('lead', portal.text.fields.BlockField(blank=True, max_length=600, verbose_name='tóm tắt')),
                ('body', portal.richtext.field.RichTextField(blank=True, verbose_name='nội dung')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('folded', portal.text.fields.FoldedField(blank=True, default='', sources=('title', 'lead', 'plain_body'))),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='pages.page', verbose_name='thuộc trang')),
            ],
            options={
                'verbose_name': 'trang tĩnh',
                'verbose_name_plural': 'trang tĩnh',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
        migrations.CreateModel(
            name='MenuItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', portal.text.fields.LineField(max_length=60, verbose_name='tên')),
                ('path', models.CharField(blank=True, help_text='Địa chỉ trong cổng, bắt đầu bằng / (ví dụ /tin-tuc/), hoặc https:// của trang khác.', max_length=200, validators=[django.core.validators.RegexValidator('^(/(?![/\\\\])|https?://)[^\\s\\\\]*$', 'Địa chỉ phải bắt đầu bằng / hoặc https://.')], verbose_name='hoặc địa chỉ')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('parent', models.ForeignKey(blank=True, limit_choices_to={'parent': None}, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='pages.menuitem', verbose_name='nằm dưới')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='pages.page', verbose_name='trang tĩnh')),
            ],
            options={
                'verbose_name': 'mục menu',
                'verbose_name_plural': 'menu',
            },
        ),
    ]
