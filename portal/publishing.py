"""What "published" means: states, times, who may see what, addresses that never die.

`.visible()` is the one place that says what a stranger may see. Every change of anything a visitor can
see ends in the signal `content_changed`, inside the transaction of the change.
"""

import functools

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Min, Q, Value
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal, receiver
from django.urls import reverse
from django.utils import timezone

from portal.text import vietnamese
from portal.text.fields import FoldedField, LineField

#: Sent with `sender` (model class) and `pks` (list of primary keys, any length) after a change of public content.
content_changed = Signal()

BATCH = 500


# --- anything a visitor can see --------------------------------------------------------------------


class PublicQuerySet(models.QuerySet):
    """A queryset whose bulk writes do all that `save` does."""

    def visible(self):
        """Return what a stranger may see. Here everything; narrowed by those that are published."""
        return self.all()

    def matching(self, query):
        """Return the rows whose folded text holds every word of `query` (str, as typed)."""
        rows = self
        for word in vietnamese.fold(query).split()[:12]:
            rows = rows.filter(folded__contains=word)
        return rows

    def update(self, **values):
        """Update as Django does, refresh folded text and former addresses, and tell that content changed."""
        with transaction.atomic(using=self.db):
            rows = list(self.order_by().values_list("pk", flat=True))
            old_slugs = dict(self.order_by().values_list("pk", "slug")) if "slug" in values else {}
            count = super().update(**values)
            _refresh_folded(self.model, rows, set(values))
            if old_slugs:
                for item in self.model._base_manager.filter(pk__in=old_slugs):
                    FormerAddress.remember(item, old_slugs[item.pk])
            _tell(self.model, rows)
        return count

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        """Create as Django does, each object first made ready as `save` would, and tell that content changed."""
        objs = list(objs)
        with transaction.atomic(using=self.db):
            taken = self.model.taken_from(objs)
            for item in objs:
                item.make_ready(taken)
            made = super().bulk_create(objs, *args, **kwargs)
            _tell(self.model, [item.pk for item in made if item.pk is not None])
        return made

    bulk_create.alters_data = True


class Public(models.Model):
    """Anything a visitor can see: its changes are announced, within the transaction that makes them."""

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def make_ready(self, taken=None):
        """Fill what can be derived before a write. `taken`: slugs (set of str) given away in the same batch."""

    @classmethod
    def taken_from(cls, items):
        """Return what `make_ready` of each of `items` (list), which are written in one batch, gets as `taken` (set)."""
        return set()

    def save(self, *args, update_fields=None, **kwargs):
        """Save inside a transaction, after `make_ready`; folded text is always written with its sources."""
        with transaction.atomic(using=kwargs.get("using")):
            self.make_ready()
            if update_fields is not None:
                update_fields = {*update_fields, *(f.name for f in _folded_fields(type(self)))}
            super().save(*args, update_fields=update_fields, **kwargs)

    save.alters_data = True

    def delete(self, *args, **kwargs):
        """Delete inside a transaction, so that those who listen write in the same one."""
        with transaction.atomic(using=kwargs.get("using")):
            return super().delete(*args, **kwargs)

    delete.alters_data = True


def _folded_fields(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, FoldedField)]


def _refresh_folded(model, pks, changed):
    """Write the folded fields of the rows `pks` anew where one of their sources is in `changed` (set of names)."""
    for field in _folded_fields(model):
        if not changed.intersection(field.sources):
            continue
        for start in range(0, len(pks), BATCH):
            rows = list(model._base_manager.filter(pk__in=pks[start : start + BATCH]))
            for row in rows:
                setattr(row, field.attname, field.value_of(row))
            model._base_manager.bulk_update(rows, [field.name])


def _tell(model, pks):
    if pks:
        content_changed.send(sender=model, pks=list(pks))


@receiver(post_save)
def _saved(sender, instance, raw=False, **kwargs):
    if isinstance(instance, Public):
        if raw:  # loaddata writes the columns as they come
            _refresh_folded(sender, [instance.pk], {f.name for f in sender._meta.concrete_fields})
        _tell(sender, [instance.pk])


@receiver(post_delete)
def _deleted(sender, instance, **kwargs):
    if isinstance(instance, Public):
        _tell(sender, [instance.pk])


@receiver(m2m_changed)
def _related(sender, instance, action, **kwargs):
    if isinstance(instance, Public) and action.startswith("post_"):
        _tell(type(instance), [instance.pk])


def leads_back(item, step):
    """Tell whether the foreign key `step` (str), followed from `item` again and again, leads back to `item` itself."""
    other, seen = getattr(item, step), set()
    while other is not None and other.pk not in seen:
        if other.pk == item.pk:
            return True
        seen.add(other.pk)
        other = getattr(other, step)
    return False


# --- published ---------------------------------------------------------------------------------------


class State(models.TextChoices):
    """What people decided. Time does the rest: see `Phase`."""

    DRAFT = "draft", "Bản nháp"
    REVIEW = "review", "Chờ duyệt"
    PUBLISHED = "published", "Duyệt đăng"
    WITHDRAWN = "withdrawn", "Đã gỡ"


class Phase(models.TextChoices):
    """Where an item stands now: its state and the clock together. Never stored, so that no job must run."""

    DRAFT = "draft", "Bản nháp"
    REVIEW = "review", "Chờ duyệt"
    SCHEDULED = "scheduled", "Hẹn giờ đăng"
    PUBLISHED = "published", "Đang đăng"
    EXPIRED = "expired", "Hết hạn đăng"
    WITHDRAWN = "withdrawn", "Đã gỡ"


def phase_q(phase, at=None, prefix=""):
    """Return the condition (Q) that an item is in `phase` at the time `at` (aware datetime, default now).

    `prefix`: the path to the published item ("week__" when asked of its appointments).
    """
    at = at or timezone.now()

    def field(**conditions):
        return Q(**{prefix + name: value for name, value in conditions.items()})

    decided = field(state=State.PUBLISHED)
    begun = field(published_at__lte=at)
    over = field(published_until__lte=at)
    return {
        Phase.DRAFT: field(state=State.DRAFT),
        Phase.REVIEW: field(state=State.REVIEW),
        Phase.SCHEDULED: decided & field(published_at__gt=at),
        Phase.PUBLISHED: decided & begun & (field(published_until__isnull=True) | field(published_until__gt=at)),
        Phase.EXPIRED: decided & begun & over,
        Phase.WITHDRAWN: field(state=State.WITHDRAWN),
    }[phase]


class PublishableQuerySet(PublicQuerySet):
    """Items that are published: who may see them is said here and nowhere else."""

    def visible(self, at=None):
        """Return what a stranger may see at the time `at` (aware datetime, default now)."""
        return self.filter(phase_q(Phase.PUBLISHED, at))

    def in_phase(self, phase, at=None):
        """Return the items that stand in `phase` (see `Phase`) at the time `at`."""
        return self.filter(phase_q(phase, at))

    def gone(self):
        """Return what was public and has been withdrawn: its address answers 410 with the reason."""
        return self.filter(phase_q(Phase.WITHDRAWN), published_at__lte=timezone.now())

    def newest_first(self):
        """Return the items by time of publication, newest first; ties by age of the row."""
        return self.order_by("-published_at", "-pk")


class Publishable(Public):
    """Anything that staff publish. Visible from `published_at` until `published_until`, once approved."""

    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.",
    )
    published_at = models.DateTimeField(
        "thời điểm đăng",
        null=True,
        blank=True,
        help_text="Để trống: đăng ngay khi được duyệt. Chọn thời điểm sau này: tự hiện đúng giờ đó.",
    )
    published_until = models.DateTimeField(
        "đăng đến",
        null=True,
        blank=True,
        help_text="Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.",
    )
    withdrawal_reason = LineField(
        "lý do gỡ",
        max_length=300,
        blank=True,
        help_text="Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.",
    )
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)
    updated_at = models.DateTimeField("sửa lúc", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")

    def make_ready(self, taken=None):
        """Give an approved item without a time the present one."""
        super().make_ready(taken)
        if self.state == State.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()

    def clean(self):
        """Refuse, beside the field, an end before the beginning and a withdrawal without its reason."""
        super().clean()
        errors = {}
        if self.published_at and self.published_until and self.published_until <= self.published_at:
            errors["published_until"] = "Thời điểm kết thúc phải sau thời điểm đăng."
        if self.state == State.WITHDRAWN and not self.withdrawal_reason:
            errors["withdrawal_reason"] = "Ghi lý do gỡ: người đọc mở địa chỉ cũ sẽ thấy câu này."
        if errors:
            raise ValidationError(errors)

    @property
    def phase(self):
        """Where the item stands now (a member of `Phase`)."""
        now = timezone.now()
        if self.state != State.PUBLISHED:
            return Phase(self.state)
        if self.published_at is None or self.published_at > now:
            return Phase.SCHEDULED
        if self.published_until is not None and self.published_until <= now:
            return Phase.EXPIRED
        return Phase.PUBLISHED


def next_turn(at):
    """Return the next moment (aware datetime or None) after `at` at which the clock alone shows or hides something. One query."""
    reads = [
        model._base_manager.filter(state=State.PUBLISHED, **{f"{name}__gt": at})
        .order_by()
        .values(of=Value(model._meta.label))
        .annotate(soonest=Min(name))
        .values_list("soonest", flat=True)
        for model in apps.get_models()
        if issubclass(model, Publishable)
        for name in ("published_at", "published_until")
    ]
    return min(filter(None, reads[0].union(*reads[1:], all=True)), default=None)


# --- addresses that never die ---------------------------------------------------------------------------


class FormerAddress(models.Model):
    """A slug that an item once had: its address answers 301 to the present one, and is not given away again."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    slug = models.CharField(max_length=220)

    class Meta:
        verbose_name = "địa chỉ cũ"
        verbose_name_plural = "địa chỉ cũ"
        constraints = [models.UniqueConstraint(fields=["content_type", "slug"], name="one_owner_of_a_former_address")]

    def __str__(self):
        return self.slug

    @classmethod
    def remember(cls, item, old_slug):
        """Note that `item` (saved, with a slug) was to be found under `old_slug` (str) before."""
        kind = ContentType.objects.get_for_model(item)
        cls.objects.filter(content_type=kind, slug=item.slug).delete()
        if old_slug and old_slug != item.slug:
            cls.objects.update_or_create(content_type=kind, slug=old_slug, defaults={"object_id": item.pk})

    @classmethod
    def owner(cls, model, slug):
        """Return the primary key (int) of the `model` object that once had `slug`, or None."""
        kind = ContentType.objects.get_for_model(model)
        return cls.objects.filter(content_type=kind, slug=slug).values_list("object_id", flat=True).first()


class _Slugs(set):
    """Slugs given away. `free` (set of str): those that were looked up and belong to nobody."""

    free = frozenset()


@functools.cache
def _frame_of(route):
    return reverse(route, args=["-"]).rsplit("-", 1)


def address_of(route, slug):
    """Return the address (str) of the page of `slug` (str) under the name `route` of portal.urls, which is looked up once."""
    before, after = _frame_of(route)
    return before + slug + after


class Addressed(Publishable):
    """A published item with a page of its own, known by a slug that is made from its words."""

    #: Slugs that would hide another page of the same folder.
    reserved_slugs = frozenset()

    slug = models.SlugField(
        "địa chỉ",
        max_length=220,
        unique=True,
        blank=True,
        help_text="Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.",
        error_messages={"unique": "Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo."},
    )

    class Meta(Publishable.Meta):
        abstract = True

    def slug_sources(self):
        """Return the texts (list of str) to make a slug of, the best first; each later one resolves a clash."""
        return [str(self)]

    def make_ready(self, taken=None):
        """Make a free slug where there is none."""
        super().make_ready(taken)
        if not self.slug:
            self.slug = self._free_slug(taken if taken is not None else set())
        if taken is not None:
            taken.add(self.slug)

    @classmethod
    def taken_from(cls, items):
        """Look the slugs that `items` (list) have or would take up together: a question for each row costs more than the row."""
        taken = _Slugs(item.slug for item in items if item.slug)
        wanted = list({slug for item in items if not item.slug for slug in item._wanted_slugs()})
        kind = ContentType.objects.get_for_model(cls)
        former = set()
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            taken.update(cls._base_manager.filter(slug__in=batch).values_list("slug", flat=True))
            former.update(FormerAddress.objects.filter(content_type=kind, slug__in=batch).values_list("slug", flat=True))
        taken.free = set(wanted) - taken - former
        return taken

    def _wanted_slugs(self):
        sources = [vietnamese.slug(source) for source in self.slug_sources()]
        return [source for source in sources if source] or [self._meta.model_name]

    def _free_slug(self, taken):
        sources = self._wanted_slugs()
        for candidate in sources:
            if self._is_free(candidate, taken):
                return candidate
        number = 2
        while not self._is_free(f"{sources[0]}-{number}", taken):
            number += 1
        return f"{sources[0]}-{number}"

    def _is_free(self, slug, taken):
        if slug in taken or slug in self.reserved_slugs:
            return False
        if slug in getattr(taken, "free", ()):
            return True
        if type(self)._base_manager.filter(slug=slug).exclude(pk=self.pk).exists():
            taken.add(slug)
            return False
        return FormerAddress.owner(type(self), slug) in (None, self.pk)

    def clean(self):
        """Refuse, beside the field, a slug that belongs or belonged to another page."""
        super().clean()
        if self.slug and self.slug in self.reserved_slugs:
            raise ValidationError({"slug": "Địa chỉ này dành cho một trang của hệ thống. Hãy chọn địa chỉ khác."})
        if self.slug and FormerAddress.owner(type(self), self.slug) not in (None, self.pk):
            raise ValidationError({"slug": "Địa chỉ này từng là của mục khác và vẫn chuyển tiếp về đó. Hãy chọn địa chỉ khác."})

    def save(self, *args, **kwargs):
        """Save; a changed slug is remembered, so that the old address leads here.

        A slug that the portal makes itself and that somebody else takes in the same moment is made anew.
        """
        made_here = not self.slug
        for tries_left in (2, 1, 0):
            try:
                with transaction.atomic(using=kwargs.get("using")):
                    old = self.pk and type(self)._base_manager.filter(pk=self.pk).values_list("slug", flat=True).first()
                    super().save(*args, **kwargs)
                    if old and old != self.slug:
                        FormerAddress.remember(self, old)
                return
            except IntegrityError:
                if not (made_here and tries_left and type(self)._base_manager.filter(slug=self.slug).exists()):
                    raise
                self.slug = ""

    save.alters_data = True
