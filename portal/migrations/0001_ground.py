import django.db.models.deletion
import portal.text.fields
import portal.workdays
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContentChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'portal_change',
                'verbose_name': 'thay đổi',
                'verbose_name_plural': 'thay đổi',
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(error_messages={'unique': 'Ngày này đã có trong bảng. Hãy sửa dòng đó.'}, unique=True, validators=[portal.workdays.check_year], verbose_name='ngày')),
                ('name', portal.text.fields.LineField(help_text='Ví dụ: Tết Nguyên đán; Làm bù cho ngày 31/08.', max_length=120, verbose_name='tên')),
                ('kind', models.CharField(choices=[('nghi', 'Nghỉ'), ('lam-bu', 'Làm bù')], default='nghi', max_length=10, verbose_name='loại ngày')),
                ('note', portal.text.fields.LineField(blank=True, max_length=200, verbose_name='ghi chú')),
            ],
            options={
                'verbose_name': 'ngày nghỉ, ngày làm bù',
                'verbose_name_plural': 'ngày nghỉ, ngày làm bù',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='FormerAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('slug', models.CharField(max_length=220)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'địa chỉ cũ',
                'verbose_name_plural': 'địa chỉ cũ',
                'constraints': [models.UniqueConstraint(fields=('content_type', 'slug'), name='one_owner_of_a_former_address')],
            },
        ),
        migrations.CreateModel(
            name='PictureUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=100, verbose_name='tên tệp ảnh')),
                ('object_id', models.PositiveBigIntegerField()),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'ảnh đang dùng',
                'verbose_name_plural': 'ảnh đang dùng',
                'permissions': [('upload_picture', 'Tải ảnh lên từ khung soạn thảo')],
                'indexes': [models.Index(fields=['content_type', 'object_id'], name='picture_use_of_object')],
            },
        ),
    ]
