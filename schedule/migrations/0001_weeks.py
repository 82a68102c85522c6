import django.db.models.deletion
import portal.text.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Week',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('review', 'Chờ duyệt'), ('published', 'Duyệt đăng'), ('withdrawn', 'Đã gỡ')], default='draft', help_text='Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.', max_length=10, verbose_name='trạng thái')),
                ('published_at', models.DateTimeField(blank=True, help_text='Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.', null=True, verbose_name='thời điểm đăng')),
                ('published_until', models.DateTimeField(blank=True, help_text='Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.', null=True, verbose_name='đăng đến')),
                ('withdrawal_reason', portal.text.fields.LineField(blank=True, help_text='Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.', max_length=300, verbose_name='lý do gỡ')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='sửa lúc')),
                ('monday', models.DateField(error_messages={'unique': 'Tuần này đã có lịch. Hãy mở lịch của tuần đó để sửa.'}, help_text='Chọn một ngày bất kỳ trong tuần; hệ thống tự lấy ngày thứ Hai.', unique=True, verbose_name='tuần bắt đầu từ')),
                ('note', portal.text.fields.BlockField(blank=True, help_text='Ví dụ: lãnh đạo trực, nơi đăng ký xe.', max_length=1000, verbose_name='ghi chú của tuần')),
            ],
            options={
                'verbose_name': 'lịch tuần',
                'verbose_name_plural': 'lịch tuần',
                'abstract': False,
                'default_permissions': ('add', 'change', 'delete', 'view', 'publish'),
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='ngày')),
                ('session', models.CharField(blank=True, choices=[('1-sang', 'Sáng'), ('2-chieu', 'Chiều'), ('3-toi', 'Tối')], help_text='Để trống khi có giờ (tự tính) hoặc cả ngày.', max_length=8, verbose_name='buổi')),
                ('starts_at', models.TimeField(blank=True, null=True, verbose_name='từ giờ')),
                ('ends_at', models.TimeField(blank=True, null=True, verbose_name='đến giờ')),
                ('time_note', portal.text.fields.LineField(blank=True, help_text='Khi không có giờ: «Cả ngày».', max_length=80, verbose_name='thời gian khác')),
                ('content', portal.text.fields.BlockField(max_length=1000, verbose_name='nội dung')),
                ('chair', portal.text.fields.LineField(blank=True, max_length=300, verbose_name='chủ trì')),
                ('participants', portal.text.fields.BlockField(blank=True, max_length=1000, verbose_name='thành phần')),
                ('place', portal.text.fields.LineField(blank=True, max_length=300, verbose_name='địa điểm')),
                ('preparing_unit', portal.text.fields.LineField(blank=True, max_length=200, verbose_name='đơn vị chuẩn bị')),
                ('note', portal.text.fields.LineField(blank=True, max_length=300, verbose_name='ghi chú')),
                ('change', models.CharField(blank=True, choices=[('', 'Không thay đổi'), ('hoan', 'Hoãn'), ('thay-doi', 'Thay đổi'), ('bo-sung', 'Bổ sung')], default='', max_length=10, verbose_name='thay đổi')),
                ('former_time', portal.text.fields.LineField(blank=True, help_text='Khi hoãn hoặc thay đổi: «08:00 ngày 20/11».', max_length=120, verbose_name='thời gian cũ')),
                ('is_internal', models.BooleanField(default=False, help_text='Không bao giờ hiện ra ngoài.', verbose_name='nội bộ')),
                ('is_approved', models.BooleanField(default=False, help_text='Chưa đánh dấu: chờ duyệt, chưa hiện ra ngoài.', verbose_name='đã duyệt')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='thứ tự')),
                ('folded', portal.text.fields.FoldedField(blank=True, default='', sources=('content', 'chair', 'participants', 'place'))),
                ('week', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appointments', to='schedule.week', verbose_name='tuần')),
            ],
            options={
                'verbose_name': 'việc trong tuần',
                'verbose_name_plural': 'việc trong tuần',
                'indexes': [models.Index(fields=['day', 'session', 'starts_at'], name='appointment_by_time')],
            },
        ),
    ]
