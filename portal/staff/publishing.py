"""Publishing in the admin: written by one, approved by another who may; preview, withdrawal, bulk actions."""

from django.contrib import admin, messages
from django.contrib.admin import actions, helpers
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from portal.publishing.states import Phase, State
from portal.richtext.cleaner import pictures_without_words
from portal.staff.forms import PublishingForm, ReasonForm, has_been_public, is_approved
from portal.staff.lists import PhaseFilter, StaffAdmin
from portal.staff.private import private, require, staff_addresses


def phase_sentence(item):
    """Return (level, sentence) that tells in words whether visitors see `item` now."""

    def when(value):
        return f"{timezone.localtime(value):%H:%M ngày %d/%m/%Y}"

    return {
        Phase.DRAFT: lambda: (
            messages.INFO,
            "Chưa đăng: đây là bản nháp, chỉ trang quản trị thấy.",
        ),
        Phase.REVIEW: lambda: (messages.INFO, "Chưa đăng: đang chờ người duyệt xem."),
        Phase.SCHEDULED: lambda: (
            messages.WARNING,
            f"Chưa đăng: sẽ tự hiện lúc {when(item.published_at)}.",
        ),
        Phase.PUBLISHED: lambda: (messages.SUCCESS, "Đang đăng: mọi người đều thấy."),
        Phase.EXPIRED: lambda: (
            messages.WARNING,
            f"Không còn hiện: đã hết hạn đăng lúc {when(item.published_until)}.",
        ),
        Phase.WITHDRAWN: lambda: (messages.WARNING, "Đã gỡ: người mở địa chỉ cũ thấy lý do gỡ."),
    }[item.phase]()


class PublishableAdmin(StaffAdmin):
    """Anything that is published: written by one, approved by another who may.

    `detail_view`: the room's `VisibleDetail`, whose page is shown as the preview; None where there is no such page.
    """

    form = PublishingForm
    change_form_template = "admin/publishable/change_form.html"
    radio_fields = {"state": admin.VERTICAL}
    list_filter = [PhaseFilter]
    actions = ["send_to_review", "approve", "return_to_draft", "withdraw", "delete_selected"]
    detail_view = None
    publishing_fields = ["state", "published_at", "published_until", "withdrawal_reason"]

    # --- who may do what

    def has_publish_permission(self, request, obj=None):
        """Tell whether the user of `request` may publish and withdraw."""
        return request.user.has_perm(
            f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}"
        )

    def has_change_permission(self, request, obj=None):
        """Tell whether the user may change `obj`; what is approved or withdrawn, only who may publish."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (self.has_publish_permission(request) or not is_approved(obj))

    def has_delete_permission(self, request, obj=None):
        """Tell whether the user may delete `obj`; what was approved is withdrawn instead, so that its address never dies."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (request.user.is_superuser or not is_approved(obj))

    def get_object(self, request, object_id, from_field=None):
        """Return the item; when a form comes in, locked and as it is now, so that what is asked of its state holds at the save."""
        item = super().get_object(request, object_id, from_field)
        if (
            item is not None
            and request.method == "POST"
            and transaction.get_connection().in_atomic_block
        ):
            item.refresh_from_db(from_queryset=self.model._base_manager.select_for_update())
        return item

    # --- form

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form class of the user who asks."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.may_publish = self.has_publish_permission(request)  # the class was made for this call
        return form

    def get_fieldsets(self, request, obj=None):
        """Return the room's own fieldsets, and the one on publishing."""
        if self.has_publish_permission(request):
            rows = ["state", ("published_at", "published_until")]
            rows += ["withdrawal_reason"] if has_been_public(obj) else []
        else:
            rows = ["state"]
            if is_approved(obj) or obj and obj.published_at:
                rows += [name for name in self.publishing_fields[1:] if getattr(obj, name)]
        return [
            *super().get_fieldsets(request, obj),
            ("Đăng lên cổng", {"fields": rows, "classes": ["publishing"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Keep the time and the end of publication from those who may not publish."""
        fields = list(super().get_readonly_fields(request, obj))
        return (
            fields
            if self.has_publish_permission(request)
            else [*fields, *self.publishing_fields[1:]]
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Add what the head of the form says: where the item stands, where to see it, why it cannot be changed."""
        if obj is not None:
            saved = self.model._base_manager.get(pk=obj.pk)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
            context |= {
                "item": saved,
                "sentence": phase_sentence(saved)[1],
                "preview_url": reverse(name, args=[saved.pk]) if self.has_preview else "",
                "public_url": public_address(saved),
                "is_locked": is_approved(saved) and not self.has_publish_permission(request),
                "doubts": self.doubts(saved),
            }
        context["show_save_and_add_another"] = False
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    def response_add(self, request, obj, post_url_continue=None):
        """Tell in words, after Django's message, whether visitors see it."""
        response = super().response_add(request, obj, post_url_continue)
        return self._told(request, obj, response)

    def response_change(self, request, obj):
        """Tell in words, after Django's message, whether visitors see it."""
        return self._told(request, obj, super().response_change(request, obj))

    def _told(self, request, obj, response):
        if helpers.ACTION_CHECKBOX_NAME not in request.POST and "_popup" not in request.POST:
            level, sentence = phase_sentence(obj)
            address = public_address(obj)
            link = format_html(' <a href="{}">Xem trên cổng</a>', address) if address else ""
            self.message_user(request, format_html("{}{}", sentence, link), level)
            for doubt in (
                self.doubts(obj) if "_continue" not in request.POST else ()
            ):  # there the form tells them
                self.message_user(request, doubt, messages.WARNING)
        return response

    def doubts(self, item):
        """Return sentences (list of str) on what may be wrong with the saved `item` and is kept all the same."""
        return []

    # --- list

    @admin.display(description="tình trạng", ordering="state")
    def phase_now(self, item):
        """Where the item stands now, in words with a mark."""
        return format_html(
            '<span class="phase phase-{}">{}</span>', item.phase.value, item.phase.label
        )

    def _each(self, request, queryset, step, words, done):
        """Do `step` (function of an item; returns a refusal or None) on every chosen item, save it and write it into its history."""
        changed, refused = 0, []
        with transaction.atomic():
            keys = list(queryset.order_by().values_list("pk", flat=True))
            for item in (
                self.model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk")
            ):
                may_change = self.has_change_permission(request, item)
                refusal = (
                    (step(item) or self._unfit(item))
                    if may_change
                    else "tài khoản này không sửa được mục đã duyệt"
                )
                if refusal:
                    refused.append(f"«{item}»: {refusal}")
                    continue
                item.save()
                self.log_change(request, item, words)
                changed += 1
        if changed:
            self.message_user(request, done.format(changed), messages.SUCCESS)
        for sentence in refused[:20]:
            self.message_user(request, f"Không đổi {sentence.rstrip('.')}.", messages.WARNING)

    def _unfit(self, item):
        """Return why `item` cannot be shown to others as it is (str), "" for nothing; taking it down needs no reason but its own."""
        if item.state not in (State.REVIEW, State.PUBLISHED):
            return ""
        try:
            item.full_clean()
        except ValidationError as error:
            return " ".join(error.messages)
        count = sum(pictures_without_words(getattr(item, name)) for name in self.formatted_fields)
        return f"{count} ảnh trong bài chưa có mô tả" if count else ""

    @admin.action(description="Gửi duyệt", permissions=["change"])
    def send_to_review(self, request, queryset):
        """Draft → in review."""

        def step(item):
            if item.state != State.DRAFT:
                return "chỉ gửi duyệt được bản nháp"
            item.state = State.REVIEW

        self._each(request, queryset, step, "Gửi duyệt", "Đã gửi duyệt {} mục.")

    @admin.action(description="Duyệt đăng", permissions=["publish"])
    def approve(self, request, queryset):
        """Anything that is not out → published, at its time."""

        def step(item):
            if item.state == State.PUBLISHED:
                return "đã được duyệt từ trước"
            item.state = State.PUBLISHED

        self._each(
            request,
            queryset,
            step,
            "Duyệt đăng",
            "Đã duyệt đăng {} mục; mục có hẹn giờ sẽ tự hiện đúng giờ.",
        )

    @admin.action(description="Trả về bản nháp", permissions=["change"])
    def return_to_draft(self, request, queryset):
        """In review or scheduled → draft. What was public is withdrawn instead."""

        def step(item):
            if has_been_public(item):
                return "đã từng đăng, hãy dùng «Gỡ xuống…»"
            if item.state == State.DRAFT:
                return "đang là bản nháp"
            item.state = State.DRAFT

        self._each(request, queryset, step, "Trả về bản nháp", "Đã trả {} mục về bản nháp.")

    @admin.action(description="Gỡ xuống…", permissions=["publish"])
    def withdraw(self, request, queryset):
        """Public → withdrawn, after asking for the reason on a page of its own."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():

            def step(item):
                if not has_been_public(item) or item.state == State.WITHDRAWN:
                    return "không đang đăng"
                item.state, item.withdrawal_reason = State.WITHDRAWN, form.cleaned_data["reason"]

            words = f"Gỡ xuống: {form.cleaned_data['reason']}"
            self._each(
                request, queryset, step, words, "Đã gỡ {} mục; người mở địa chỉ cũ thấy lý do gỡ."
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Gỡ xuống",
            "opts": self.opts,
            "form": form,
            "items": queryset,
            "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/publishable/withdraw.html", context)

    @admin.action(description="Xóa mục đã chọn…", permissions=["delete"])
    def delete_selected(self, request, queryset):
        """Delete after asking; nothing at all where one of the chosen was ever approved."""
        kept = [item for item in queryset if not self.has_delete_permission(request, item)]
        if kept:
            names = ", ".join(f"«{item}»" for item in kept[:5])
            self.message_user(
                request,
                f"Không xóa được mục đã duyệt: {names}. Hãy dùng «Gỡ xuống…».",
                messages.ERROR,
            )
            return None
        return actions.delete_selected(self, request, queryset)

    # --- preview

    @property
    def has_preview(self):
        """Whether the item has a page of its own to look at before it is out."""
        return self.detail_view is not None

    def get_urls(self):
        """Add the preview to Django's own addresses."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        return [
            path("<int:pk>/xem-truoc/", self.admin_site.admin_view(self.preview), name=name),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """Show the item as its page will look, whatever its state; for those who may view it here."""
        item = self.get_object(request, unquote(str(pk))) if self.has_preview else None
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        require(self.has_view_permission(request, item))
        return private(HttpResponse(staff_addresses(self.preview_html(request, item))))

    def preview_html(self, request, item):
        """Return the page (str) of `item` as the room's own view makes it."""
        view = self.detail_view()
        view.setup(request, slug=item.slug)
        view.object = view.get_queryset().get(pk=item.pk)
        view.object.published_at = view.object.published_at or timezone.now()
        context = view.get_context_data(
            object=view.object, is_preview=True, canonical=item.get_absolute_url()
        )
        return render_to_string(view.template_name, context, request)


def public_address(item):
    """Return the address (str) at which visitors see `item` now; "" where they do not."""
    return (
        item.get_absolute_url()
        if item.phase == Phase.PUBLISHED and hasattr(item, "get_absolute_url")
        else ""
    )
