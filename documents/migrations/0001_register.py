import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import documents.files.models
import portal.richtext.field
import portal.text.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=200, unique=True, verbose_name='tên')),
                ('slug', models.SlugField(blank=True, help_text='Để trống: tự tạo từ tên.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('abbreviation', portal.text.fields.LineField(blank=True, help_text='Ví dụ NĐ, TT, QĐ. Công văn không có.', max_length=20, verbose_name='viết tắt')),
            ],
            options={
                'verbose_name': 'loại văn bản',
                'verbose_name_plural': 'loại văn bản',
            },
        ),
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=200, unique=True, verbose_name='tên')),
                ('slug', models.SlugField(blank=True, help_text='Để trống: tự tạo từ tên.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
            ],
            options={
                'verbose_name': 'lĩnh vực',
                'verbose_name_plural': 'lĩnh vực',
            },
        ),
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
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', portal.text.fields.LineField(max_length=200, unique=True, verbose_name='tên')),
                ('slug', models.SlugField(blank=True, help_text='Để trống: tự tạo từ tên.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('short_name', portal.text.fields.LineField(blank=True, help_text='Hiện trong danh sách, ví dụ «Bộ TT&TT».', max_length=80, verbose_name='tên gọn')),
                ('is_ours', models.BooleanField(default=False, help_text='Văn bản do cơ quan này ban hành có thời hạn đăng ngắn hơn. Đánh dấu cả tên cũ của cơ quan.', verbose_name='là cơ quan chủ quản của cổng')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='kết thúc hoạt động')),
                ('successor', models.ForeignKey(blank=True, help_text='Cơ quan nhận nhiệm vụ sau khi sáp nhập hoặc đổi tên. Văn bản cũ giữ nguyên cơ quan đã ban hành.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='predecessors', to='documents.agency', verbose_name='cơ quan kế thừa')),
            ],
            options={
                'verbose_name': 'cơ quan ban hành',
                'verbose_name_plural': 'cơ quan ban hành',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('slug', models.SlugField(blank=True, error_messages={'unique': 'Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo.'}, help_text='Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.', max_length=220, unique=True, verbose_name='địa chỉ')),
                ('family', models.CharField(choices=[('phap-quy', 'Văn bản pháp quy'), ('chi-dao-dieu-hanh', 'Văn bản chỉ đạo điều hành')], db_index=True, max_length=20, verbose_name='nhóm')),
                ('number', portal.text.fields.LineField(blank=True, help_text='Ví dụ 19/2018/TT-BTTTT. Để trống nếu không có số.', max_length=120, verbose_name='số ký hiệu')),
                ('number_key', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=140)),
                ('number_value', models.PositiveIntegerField(default=0, editable=False)),
                ('summary', portal.text.fields.BlockField(blank=True, max_length=10000, verbose_name='trích yếu')),
                ('signer', portal.text.fields.LineField(blank=True, max_length=120, verbose_name='người ký')),
                ('signer_post', portal.text.fields.LineField(blank=True, max_length=150, verbose_name='chức danh khi ký')),
                ('signing_power', models.CharField(blank=True, choices=[('TM.', 'TM. (thay mặt)'), ('KT.', 'KT. (ký thay)'), ('TL.', 'TL. (thừa lệnh)'), ('TUQ.', 'TUQ. (thừa ủy quyền)'), ('Q.', 'Q. (quyền)')], max_length=5, verbose_name='quyền hạn ký')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='ngày ban hành')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='ngày có hiệu lực')),
                ('expires_on', models.DateField(blank=True, help_text='Ngày cuối cùng còn hiệu lực.', null=True, verbose_name='ngày hết hiệu lực')),
                ('validity_given', models.CharField(blank=True, choices=[('chua-co', 'Chưa có hiệu lực'), ('con', 'Còn hiệu lực'), ('het-mot-phan', 'Hết hiệu lực một phần'), ('het', 'Hết hiệu lực toàn bộ'), ('ngung', 'Ngưng hiệu lực'), ('khong-phu-hop', 'Không còn phù hợp'), ('chua-xac-dinh', 'Chưa xác định')], help_text='Để trống: tính theo ngày có hiệu lực, ngày hết hiệu lực và quan hệ với văn bản khác.', max_length=20, verbose_name='tình trạng hiệu lực')),
                ('gazette_number', portal.text.fields.LineField(blank=True, max_length=60, verbose_name='số công báo')),
                ('gazette_on', models.DateField(blank=True, null=True, verbose_name='ngày công báo')),
                ('body', portal.richtext.field.RichTextField(blank=True, verbose_name='toàn văn')),
                ('origin', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=300, verbose_name='nguồn nhập')),
                ('issued_order', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('issued_on', models.Value(datetime.date(1, 1, 1), models.DateField())), output_field=models.DateField())),
                ('effective_order', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('effective_on', models.Value(datetime.date(1, 1, 1), models.DateField())), output_field=models.DateField())),
                ('folded', portal.text.fields.FoldedField(blank=True, default='', sources=('type', 'number', 'number_words', 'summary', 'signer'))),
                ('folded_signer', portal.text.fields.FoldedField(blank=True, default='', sources=('signer',))),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='documents.agency', verbose_name='cơ quan ban hành')),
                ('co_agencies', models.ManyToManyField(blank=True, help_text='Chỉ dùng cho văn bản liên tịch.', related_name='joint_documents', to='documents.agency', verbose_name='cơ quan cùng ban hành')),
                ('type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='documents.documenttype', verbose_name='loại văn bản')),
                ('fields', models.ManyToManyField(blank=True, related_name='documents', to='documents.field', verbose_name='lĩnh vực')),
            ],
            options={
                'verbose_name': 'văn bản',
                'verbose_name_plural': 'văn bản',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_state', models.CharField(choices=[('waiting', 'Đang chờ đọc chữ'), ('done', 'Đã đọc chữ'), ('no-text', 'Không có lớp chữ'), ('failed', 'Không đọc được chữ')], db_index=True, default='waiting', editable=False, max_length=10, verbose_name='chữ trong tệp')),
                ('text_note', models.CharField(blank=True, default='', editable=False, max_length=300, verbose_name='ghi chú về chữ trong tệp')),
                ('text_crashes', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('text_leased_until', models.DateTimeField(editable=False, null=True)),
                ('file', models.FileField(help_text='PDF, Word, Excel hoặc OpenDocument.', max_length=120, storage=documents.files.models.attachment_storage, upload_to=documents.files.models.attachment_path, verbose_name='tệp')),
                ('original_name', models.CharField(editable=False, max_length=255, verbose_name='tên tệp')),
                ('size', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='cỡ (byte)')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256')),
                ('pages', models.PositiveIntegerField(editable=False, null=True, verbose_name='số trang')),
                ('flags', models.JSONField(default=list, editable=False, verbose_name='điều người duyệt cần biết')),
                ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='kiểm tra lúc')),
                ('role', models.CharField(choices=[('ban-ky', 'Bản ký'), ('ban-word', 'Bản Word'), ('phu-luc', 'Phụ lục')], default='ban-ky', max_length=10, verbose_name='vai trò')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='thứ tự')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='documents.document', verbose_name='văn bản')),
            ],
            options={
                'verbose_name': 'tệp đính kèm',
                'verbose_name_plural': 'tệp đính kèm',
            },
        ),
        migrations.CreateModel(
            name='Intake',
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
                'db_table': 'documents_entry',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PageText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='trang')),
                ('text', portal.text.fields.BlockField(blank=True, verbose_name='chữ')),
                ('width', models.FloatField(default=0, verbose_name='rộng')),
                ('height', models.FloatField(default=0, verbose_name='cao')),
                ('by_ocr', models.BooleanField(default=False, verbose_name='nhận dạng từ ảnh')),
                ('was_legacy', models.BooleanField(default=False, verbose_name='chuyển từ phông chữ cũ')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='page_texts', to='documents.attachment')),
            ],
            options={
                'verbose_name': 'trang của tệp',
                'verbose_name_plural': 'trang của tệp',
            },
        ),
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_number', portal.text.fields.LineField(blank=True, max_length=120, verbose_name='số ký hiệu (nếu chưa có trên cổng)')),
                ('source_title', portal.text.fields.LineField(blank=True, max_length=500, verbose_name='tên văn bản (nếu chưa có trên cổng)')),
                ('source_issued_on', models.DateField(blank=True, null=True, verbose_name='ngày ban hành (nếu biết)')),
                ('source_key', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=140)),
                ('source_since', models.DateField(editable=False, null=True)),
                ('kind', models.CharField(choices=[('can-cu', 'Căn cứ'), ('sua-doi', 'Sửa đổi, bổ sung'), ('thay-the', 'Thay thế'), ('bai-bo', 'Bãi bỏ'), ('dinh-chi', 'Đình chỉ, ngưng hiệu lực'), ('dinh-chinh', 'Đính chính'), ('huong-dan', 'Hướng dẫn, quy định chi tiết'), ('hop-nhat', 'Hợp nhất'), ('dan-chieu', 'Dẫn chiếu'), ('lien-quan', 'Liên quan')], max_length=12, verbose_name='quan hệ')),
                ('is_partial', models.BooleanField(default=False, help_text='Đánh dấu khi chỉ thay thế, bãi bỏ hoặc đình chỉ một phần văn bản kia.', verbose_name='chỉ một phần')),
                ('target_number', portal.text.fields.LineField(blank=True, max_length=120, verbose_name='số ký hiệu (nếu chưa có trên cổng)')),
                ('target_title', portal.text.fields.LineField(blank=True, max_length=500, verbose_name='tên văn bản (nếu chưa có trên cổng)')),
                ('target_issued_on', models.DateField(blank=True, null=True, verbose_name='ngày ban hành (nếu biết)')),
                ('target_key', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=140)),
                ('acts_from', models.DateField(blank=True, help_text='Để trống: từ ngày có hiệu lực của văn bản tác động.', null=True, verbose_name='tác động từ ngày')),
                ('acts_until', models.DateField(blank=True, help_text='Chỉ ghi khi việc ngưng hiệu lực có thời hạn.', null=True, verbose_name='đến hết ngày')),
                ('note', portal.text.fields.LineField(blank=True, help_text='Ví dụ: khoản 2 Điều 5.', max_length=200, verbose_name='ghi chú')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='relations_out', to='documents.document', verbose_name='văn bản tác động')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='relations_in', to='documents.document', verbose_name='văn bản bị tác động')),
            ],
            options={
                'verbose_name': 'quan hệ với văn bản khác',
                'verbose_name_plural': 'quan hệ với văn bản khác',
            },
        ),
        migrations.CreateModel(
            name='StagedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(help_text='PDF, Word, Excel hoặc OpenDocument.', max_length=120, storage=documents.files.models.attachment_storage, upload_to=documents.files.models.attachment_path, verbose_name='tệp')),
                ('original_name', models.CharField(editable=False, max_length=255, verbose_name='tên tệp')),
                ('size', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='cỡ (byte)')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256')),
                ('pages', models.PositiveIntegerField(editable=False, null=True, verbose_name='số trang')),
                ('flags', models.JSONField(default=list, editable=False, verbose_name='điều người duyệt cần biết')),
                ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='kiểm tra lúc')),
                ('intake', models.ForeignKey(db_column='entry_id', on_delete=django.db.models.deletion.CASCADE, related_name='files', to='documents.intake')),
            ],
            options={
                'verbose_name': 'tệp chờ lưu',
                'verbose_name_plural': 'tệp chờ lưu',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['sha256'], name='attachment_by_bytes'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', '-issued_order', '-number_value', '-id', 'published_at', 'published_until'], name='document_newest'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['family', 'state', '-issued_order', '-number_value', '-id', 'published_at', 'published_until'], name='document_of_family'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', 'issued_on', 'number_value', 'id', 'published_at', 'published_until'], name='document_oldest'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', '-effective_order', '-number_value', '-id', 'published_at', 'published_until'], name='document_effective'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', 'number_value', 'number_key', '-issued_order', 'id', 'published_at', 'published_until'], name='document_numbered'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', 'family', 'type', 'agency', 'published_at', 'published_until', 'effective_on', 'expires_on', 'validity_given', 'issued_on', 'id'], name='document_counted'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['state', '-published_at', '-id', 'published_until'], name='document_last_published'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('published_until__isnull', False)), fields=['published_until'], name='document_ends'),
        ),
        migrations.AddConstraint(
            model_name='pagetext',
            constraint=models.UniqueConstraint(fields=('attachment', 'number'), name='one_text_of_a_page'),
        ),
        migrations.AddIndex(
            model_name='relation',
            index=models.Index(fields=['target', 'kind'], name='relation_acting_on'),
        ),
        migrations.AddIndex(
            model_name='relation',
            index=models.Index(fields=['kind', 'target', 'is_partial', 'source', 'acts_from', 'acts_until'], name='relation_acting'),
        ),
    ]
