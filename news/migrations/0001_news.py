import django.db.models.deletion
import portal.pictures.fields
import portal.richtext.field
import portal.text.fields
import taggit.managers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=100, unique=True, verbose_name='tên thẻ')),
                ('slug', models.SlugField(blank=True, max_length=120, unique=True, verbose_name='địa chỉ')),
            ],
            options={
                'verbose_name': 'thẻ',
                'verbose_name_plural': 'thẻ',
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=120, unique=True, verbose_name='tên chuyên mục')),
                ('slug', models.SlugField(blank=True, help_text='Để trống: tự tạo từ tên.', max_length=140, unique=True, verbose_name='địa chỉ')),
                ('description', portal.text.fields.BlockField(blank=True, max_length=500, verbose_name='mô tả')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('on_home', models.BooleanField(default=True, verbose_name='hiện ở trang chủ')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='news.category', verbose_name='thuộc chuyên mục')),
            ],
            options={
                'verbose_name': 'chuyên mục',
                'verbose_name_plural': 'chuyên mục',
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('slug', models.SlugField(blank=True, error_messages={'unique': 'Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo.'}, help_text='Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('title', portal.text.fields.LineField(max_length=250, verbose_name='tiêu đề')),
                ('lead', portal.text.fields.BlockField(blank=True, help_text='Một, hai câu mở đầu; hiện đậm dưới tiêu đề và trong danh sách.', max_length=1000, verbose_name='tóm tắt')),
                ('body', portal.richtext.field.RichTextField(blank=True, verbose_name='nội dung')),
                ('picture', portal.pictures.fields.PictureField(blank=True, help_text='JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.', upload_to='', verbose_name='ảnh đại diện')),
                ('picture_alt', portal.text.fields.LineField(blank=True, help_text='Ảnh cho thấy gì, dành cho người không nhìn thấy ảnh.', max_length=250, verbose_name='mô tả ảnh')),
                ('picture_caption', portal.text.fields.LineField(blank=True, max_length=300, verbose_name='chú thích ảnh')),
                ('author', portal.text.fields.LineField(blank=True, help_text='Tên ký dưới bài.', max_length=120, verbose_name='tác giả')),
                ('unit', portal.text.fields.LineField(blank=True, help_text='Đơn vị của tác giả, ví dụ «Sở TT&TT».', max_length=120, verbose_name='đơn vị')),
                ('source', portal.text.fields.LineField(blank=True, help_text='Ghi khi đăng lại bài của nơi khác.', max_length=200, verbose_name='nguồn')),
                ('correction', portal.text.fields.BlockField(blank=True, help_text='Điều đã sửa sau khi đăng; hiện rõ ở đầu bài.', max_length=1000, verbose_name='đính chính')),
                ('is_lead', models.BooleanField(default=False, help_text='Đứng đầu trang chủ (tin mới nhất trong các tin chính).', verbose_name='tin chính')),
                ('is_pinned', models.BooleanField(default=False, help_text='Đứng trước các tin khác ở trang chủ.', verbose_name='ghim')),
                ('origin', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=300, verbose_name='nguồn nhập')),
                ('folded', portal.text.fields.FoldedField(blank=True, default='', sources=('title', 'lead', 'plain_body', 'signature'))),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='news.category', verbose_name='chuyên mục')),
            ],
            options={
                'verbose_name': 'tin bài',
                'verbose_name_plural': 'tin bài',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
        migrations.CreateModel(
            name='TaggedArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tag_uses', to='news.article')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='news.tag')),
            ],
            options={
                'verbose_name': 'thẻ của bài',
                'verbose_name_plural': 'thẻ của bài',
            },
        ),
        migrations.AddField(
            model_name='article',
            name='tags',
            field=taggit.managers.TaggableManager(blank=True, help_text='Các thẻ cách nhau bằng dấu phẩy.', through='news.TaggedArticle', to='news.Tag', verbose_name='thẻ'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['state', '-published_at', '-id', 'published_until'], name='article_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['category', 'state', '-published_at', '-id', 'published_until'], name='article_of_category'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('published_until__isnull', False)), fields=['published_until'], name='article_ends'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['state', '-is_lead', '-is_pinned', '-published_at', '-id'], name='article_home'),
        ),
    ]
