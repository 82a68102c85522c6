"""Publishing in the admin: approval by permission, preview, withdrawal, bulk actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import actions, helpers
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from portal.publishing.states import Phase, Publishable, State
from portal.richtext.cleaner import pictures_without_words
from portal.staff.forms import PublishingForm, ReasonForm, has_been_public, is_approved
from portal.staff.lists import PhaseFilter, StaffAdmin
from portal.staff.private import private, require, staff_addresses
from portal.web.views import VisibleDetail

#: A step of a bulk action: changes an item, or returns why it does not.
Step = Callable[[Publishable], str | None]


def phase_sentence(item: Publishable) -> tuple[int, str]:
    """Tell staff in a message whether visitors see `item` now, as (level, sentence)."""

    def when(value: datetime | None) -> str:
        return f"{timezone.localtime(value):%H:%M ngày %d/%m/%Y}" if value else ""

    return {
        Phase.DRAFT: (messages.INFO, "Chưa đăng: đây là bản nháp, chỉ trang quản trị thấy."),
        Phase.REVIEW: (messages.INFO, "Chưa đăng: đang chờ người duyệt xem."),
        Phase.SCHEDULED: (
            messages.WARNING,
            f"Chưa đăng: sẽ tự hiện lúc {when(item.published_at)}.",
        ),
        Phase.PUBLISHED: (messages.SUCCESS, "Đang đăng: mọi người đều thấy."),
        Phase.EXPIRED: (
            messages.WARNING,
            f"Không còn hiện: đã hết hạn đăng lúc {when(item.published_until)}.",
        ),
        Phase.WITHDRAWN: (messages.WARNING, "Đã gỡ: người mở địa chỉ cũ thấy lý do gỡ."),
    }[item.phase]


class PublishableAdmin(StaffAdmin):
    """The admin of anything that is published: written by one, approved by one with permission.

    `detail_view` makes the page that is shown as the preview; None where there is no such page.
    """

    form = PublishingForm
    change_form_template = "admin/publishable/change_form.html"
    radio_fields = {"state": admin.VERTICAL}
    list_filter = [PhaseFilter]
    actions = ["send_to_review", "approve", "return_to_draft", "withdraw", "delete_selected"]
    detail_view: type[VisibleDetail] | None = None
    publishing_fields = ["state", "published_at", "published_until", "withdrawal_reason"]

    # --- who may do what

    def has_publish_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        """Tell whether the user of `request` may publish and withdraw."""
        return request.user.has_perm(
            f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}"
        )

    def has_change_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        """Tell whether the user may change the publishable `obj`: once approved, a publisher."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (self.has_publish_permission(request) or not is_approved(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        """Tell whether the user may delete the publishable `obj`: only before approval."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (request.user.is_superuser or not is_approved(obj))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Publishable | None:
        """Return the publishable item; locked while a form is posted, so that its state holds."""
        item = super().get_object(request, object_id, from_field)
        is_save = request.method == "POST" and transaction.get_connection().in_atomic_block
        if item is not None and is_save:
            item.refresh_from_db(from_queryset=self.model._base_manager.select_for_update())
        return item

    # --- form

    def get_form(
        self,
        request: HttpRequest,
        obj: Publishable | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm]:
        """Return the publish form class, with the user's permission to publish."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.may_publish = self.has_publish_permission(request)  # the class was made for this call
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> list:
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

    def get_readonly_fields(
        self, request: HttpRequest, obj: Publishable | None = None
    ) -> list[str]:
        """Return read-only fields: also the times of publication for who may not publish."""
        fields = list(super().get_readonly_fields(request, obj))
        may_publish = self.has_publish_permission(request)
        return fields if may_publish else [*fields, *self.publishing_fields[1:]]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Publishable | None = None,
    ) -> HttpResponse:
        """Show the publish form; its head tells the phase, the addresses, why it is locked."""
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

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Answer a new publishable item with a message on whether visitors see it."""
        response = super().response_add(request, obj, post_url_continue)
        self._tell_phase(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        """Answer a changed publishable item with a message on whether visitors see it."""
        response = super().response_change(request, obj)
        self._tell_phase(request, obj)
        return response

    def _tell_phase(self, request: HttpRequest, obj: Publishable) -> None:
        if helpers.ACTION_CHECKBOX_NAME in request.POST or "_popup" in request.POST:
            return
        level, sentence = phase_sentence(obj)
        address = public_address(obj)
        link = format_html(' <a href="{}">Xem trên cổng</a>', address) if address else ""
        self.message_user(request, format_html("{}{}", sentence, link), level)
        if "_continue" not in request.POST:  # there the form tells the doubts
            for doubt in self.doubts(obj):
                self.message_user(request, doubt, messages.WARNING)

    def doubts(self, item: Publishable) -> list[str]:
        """Warn staff of what may be wrong with the saved publishable `item`."""
        return []

    # --- list

    @admin.display(description="tình trạng", ordering="state")
    def phase_now(self, item: Publishable) -> str:
        """Show the phase of the publishable item with a mark, in its admin list."""
        markup = '<span class="phase phase-{}">{}</span>'
        return format_html(markup, item.phase.value, item.phase.label)

    def _each(
        self, request: HttpRequest, queryset: QuerySet, step: Step, words: str, done: str
    ) -> None:
        """Do the publishing `step` on all chosen items, with `words` in their history."""
        changed, refused = 0, []
        with transaction.atomic():
            keys = list(queryset.order_by().values_list("pk", flat=True))
            items = self.model._base_manager.select_for_update().filter(pk__in=keys)
            for item in items.order_by("pk"):
                if self.has_change_permission(request, item):
                    refusal = step(item) or self._unfit(item)
                else:
                    refusal = "tài khoản này không sửa được mục đã duyệt"
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

    def _unfit(self, item: Publishable) -> str:
        """Return why `item` cannot go to review or be published as it is, "" for nothing."""
        if item.state not in (State.REVIEW, State.PUBLISHED):
            return ""
        try:
            item.full_clean()
        except ValidationError as error:
            return " ".join(error.messages)
        count = sum(pictures_without_words(getattr(item, name)) for name in self.formatted_fields)
        return f"{count} ảnh trong bài chưa có mô tả" if count else ""

    @admin.action(description="Gửi duyệt", permissions=["change"])
    def send_to_review(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Send drafts to review."""

        def step(item: Publishable) -> str | None:
            if item.state != State.DRAFT:
                return "chỉ gửi duyệt được bản nháp"
            item.state = State.REVIEW

        self._each(request, queryset, step, "Gửi duyệt", "Đã gửi duyệt {} mục.")

    @admin.action(description="Duyệt đăng", permissions=["publish"])
    def approve(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Approve and publish the chosen items, at their time."""

        def step(item: Publishable) -> str | None:
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
    def return_to_draft(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Return items in review or scheduled to drafts.

        What was public is withdrawn instead.
        """

        def step(item: Publishable) -> str | None:
            if has_been_public(item):
                return "đã từng đăng, hãy dùng «Gỡ xuống…»"
            if item.state == State.DRAFT:
                return "đang là bản nháp"
            item.state = State.DRAFT

        self._each(request, queryset, step, "Trả về bản nháp", "Đã trả {} mục về bản nháp.")

    @admin.action(description="Gỡ xuống…", permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Withdraw public items, after asking for the reason on a page of its own."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():

            def step(item: Publishable) -> str | None:
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
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Delete chosen drafts after asking; refuse all where one was ever approved."""
        locked = [item for item in queryset if not self.has_delete_permission(request, item)]
        if locked:
            names = ", ".join(f"«{item}»" for item in locked[:5])
            self.message_user(
                request,
                f"Không xóa được mục đã duyệt: {names}. Hãy dùng «Gỡ xuống…».",
                messages.ERROR,
            )
            return None
        return actions.delete_selected(self, request, queryset)

    # --- preview

    @property
    def has_preview(self) -> bool:
        """Tell whether the publishable item's page has a preview."""
        return self.detail_view is not None

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the address of the preview, then Django's own."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        return [
            path("<int:pk>/xem-truoc/", self.admin_site.admin_view(self.preview), name=name),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Preview the page of an item in any state to those who may view it in the admin."""
        item = self.get_object(request, str(pk)) if self.has_preview else None
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        require(self.has_view_permission(request, item))
        return private(HttpResponse(staff_addresses(self.preview_html(request, item))))

    def preview_html(self, request: HttpRequest, item: Publishable) -> str:
        """Return the preview of `item` as the room's own view makes it."""
        view = self.detail_view()
        view.setup(request, slug=item.slug)
        view.object = view.get_queryset().get(pk=item.pk)
        view.object.published_at = view.object.published_at or timezone.now()
        context = view.get_context_data(
            object=view.object, is_preview=True, canonical=item.get_absolute_url()
        )
        return render_to_string(view.template_name, context, request)


def public_address(item: Publishable) -> str:
    """Return the public address of the publishable `item`; "" where visitors do not see it."""
    has_page = item.phase == Phase.PUBLISHED and hasattr(item, "get_absolute_url")
    return item.get_absolute_url() if has_page else ""
