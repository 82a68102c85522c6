"""Publishing by staff: every role and kind, by form, list, action, row and deletion.

Also who may log in, and what holds on every page of the admin.
"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from documents.models import Document
from documents.vocabulary import Agency
from news.models import Article, Category
from portal.links.models import Link
from portal.pages.models import Notice, Page, SiteIdentity
from portal.publishing.states import Phase, Publishable, State
from schedule.models import Week
from tests.support import make
from tests.support.public import queries
from tests.support.staff import (
    APPROVER,
    DOCUMENTS,
    EDITOR,
    ROLES,
    SCHEDULE,
    act,
    address,
    client_of,
    errors_of,
    fill,
    form_of,
    said,
)

pytestmark = pytest.mark.django_db

MAKERS = {
    Article: make.article, Document: make.document, Week: make.week,
    Page: make.page, Notice: make.notice, Link: make.link,
}  # fmt: skip
WRITES = {
    Article: EDITOR,
    Document: DOCUMENTS,
    Week: SCHEDULE,
    Page: EDITOR,
    Notice: EDITOR,
    Link: EDITOR,
}
every_kind = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
DRAFT = {"state": State.DRAFT, "published_at": None}


def test_every_publishable_kind_is_tried_here():
    assert set(MAKERS) == {model for model in apps.get_models() if issubclass(model, Publishable)}


# --- who may publish


@every_kind
@pytest.mark.parametrize("forged", [State.PUBLISHED, State.WITHDRAWN])
def test_writer_cannot_publish_by_a_forged_form(model, forged):
    item = MAKERS[model](**DRAFT)
    client = client_of(WRITES[model])
    past = timezone.localtime() - timedelta(days=1)
    response = fill(
        client,
        address(item),
        state=forged,
        published_at_0=f"{past:%d/%m/%Y}",
        published_at_1="08:00",
        withdrawal_reason="x",
    )
    assert response.status_code == 200
    assert "không có quyền duyệt đăng" in errors_of(response)["state"][0]
    item.refresh_from_db()
    assert (item.state, item.published_at, item.withdrawal_reason) == (State.DRAFT, None, "")


@every_kind
def test_writer_cannot_set_the_time_of_publication(model):
    item = MAKERS[model](**DRAFT)
    response = fill(
        client_of(WRITES[model]),
        address(item),
        state="review",
        published_at_0="01/01/2018",
        published_at_1="08:00",
    )
    assert response.status_code == 302
    item.refresh_from_db()
    assert (item.state, item.published_at) == (State.REVIEW, None)


@every_kind
def test_writer_cannot_publish_a_new_one(model):
    client = client_of(WRITES[model])
    source = MAKERS[model](**DRAFT)
    values = form_of(client.get(address(source))) | {
        "state": "published",
        "monday": "12/03/2018",
        "slug": "",
        "opened": "",
    }
    source.delete()
    client.post(address(model, "add"), values)
    assert not model.objects.exclude(state__in=[State.DRAFT, State.REVIEW]).exists()


@every_kind
@pytest.mark.parametrize("action", ["approve", "withdraw"])
def test_writer_cannot_publish_or_withdraw_by_action(model, action):
    item = MAKERS[model](**(DRAFT if action == "approve" else {}))
    before = item.state
    client = client_of(WRITES[model])
    act(client, model, action, [item], reason="x")
    item.refresh_from_db()
    assert item.state == before
    page = client.get(address(model, "changelist")).content.decode()
    assert f'value="{action}"' not in page and 'value="send_to_review"' in page


@every_kind
@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_writer_only_looks_at_what_is_approved(model, state):
    item = MAKERS[model](
        state=state, withdrawal_reason="Sai số liệu" if state == State.WITHDRAWN else ""
    )
    before = model._base_manager.filter(pk=item.pk).values().get()
    client = client_of(WRITES[model])
    page = client.get(address(item))
    assert page.status_code == 200
    assert "chỉ người duyệt sửa được" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert (
        client.post(
            address(item), form_of(page) | {"title": "Bị sửa", "state": "draft"}
        ).status_code
        == 403
    )
    act(client, model, "return_to_draft", [item])
    act(client, model, "send_to_review", [item])
    assert client.post(address(item, "delete"), {"post": "yes"}).status_code == 403
    act(client, model, "delete_selected", [item], post="yes")
    assert model._base_manager.filter(pk=item.pk).values().get() == before


@every_kind
def test_writer_deletes_a_draft(model):
    item = MAKERS[model](**DRAFT)
    assert (
        client_of(WRITES[model]).post(address(item, "delete"), {"post": "yes"}).status_code == 302
    )
    assert not model.objects.filter(pk=item.pk).exists()


@every_kind
def test_deleting_several_stops_where_one_was_approved(model):
    draft = MAKERS[model](
        **DRAFT, **({"monday": timezone.localdate() + timedelta(days=70)} if model is Week else {})
    )
    public = MAKERS[model]()
    page = act(client_of(WRITES[model]), model, "delete_selected", [draft, public], post="yes")
    assert "Gỡ xuống" in said(page)
    assert model.objects.count() >= 2


@every_kind
def test_approver_publishes_withdraws_and_publishes_again(model):
    client = client_of(APPROVER)
    item = MAKERS[model](state=State.REVIEW, published_at=None)
    assert "1 mục" in said(act(client, model, "approve", [item]))
    item.refresh_from_db()
    assert item.phase == Phase.PUBLISHED and item.published_at

    asked = act(client, model, "withdraw", [item])
    assert "Lý do gỡ" in asked.content.decode()
    assert "Ghi lý do gỡ" in act(client, model, "withdraw", [item], reason="  ").content.decode()
    item.refresh_from_db()
    assert item.phase == Phase.PUBLISHED
    act(client, model, "withdraw", [item], reason="Sai số liệu")
    item.refresh_from_db()
    assert (item.phase, item.withdrawal_reason) == (Phase.WITHDRAWN, "Sai số liệu")
    assert "đã từng đăng" in said(act(client, model, "return_to_draft", [item]))

    act(client, model, "approve", [item])
    item.refresh_from_db()
    assert item.phase == Phase.PUBLISHED
    words = list(
        LogEntry.objects.filter(object_id=str(item.pk))
        .order_by("pk")
        .values_list("change_message", flat=True)
    )
    assert words == ["Duyệt đăng", "Gỡ xuống: Sai số liệu", "Duyệt đăng"]


@every_kind
def test_what_was_public_never_becomes_a_draft_again(model):
    item = MAKERS[model]()
    client = client_of("superuser")
    assert "draft" not in [
        value
        for value, _ in client.get(address(item)).context["adminform"].form.fields["state"].choices
    ]
    assert "state" in errors_of(fill(client, address(item), state="draft"))
    item.refresh_from_db()
    assert item.state == State.PUBLISHED


@every_kind
def test_approver_cannot_delete_what_was_public_but_superuser_can(model):
    item = MAKERS[model]()
    assert client_of(APPROVER).post(address(item, "delete"), {"post": "yes"}).status_code == 403
    assert client_of("superuser").post(address(item, "delete"), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=item.pk).exists()


@every_kind
def test_form_says_whether_it_is_out(model):
    client = client_of(APPROVER)
    item = MAKERS[model](**DRAFT)
    soon = timezone.localtime() + timedelta(days=2)
    page = client.post(
        address(item),
        form_of(client.get(address(item)))
        | {
            "state": "published",
            "published_at_0": f"{soon:%d/%m/%Y}",
            "published_at_1": f"{soon:%H:%M}",
        },
        follow=True,
    )
    assert f"sẽ tự hiện lúc {soon:%H:%M ngày %d/%m/%Y}" in said(page)
    item.refresh_from_db()
    assert item.phase == Phase.SCHEDULED

    values = form_of(client.get(address(item))) | {"published_at_0": "", "published_at_1": ""}
    assert "mọi người đều thấy" in said(client.post(address(item), values, follow=True))
    item.refresh_from_db()
    assert item.phase == Phase.PUBLISHED


@every_kind
def test_no_list_is_editable(model):
    assert not admin.site.get_model_admin(model).list_editable


def test_actions_refuse_what_is_unfit_but_always_take_down():
    body = f'<p><img src="/quan-tri/anh/2018/12/{"a" * 32}.png"></p>'
    wordless, broken = make.article(body=body, **DRAFT), make.article(title="Hỏng")
    Article.objects.filter(pk=broken.pk).update(title="")
    client = client_of(APPROVER)
    assert "1 ảnh trong bài chưa có mô tả" in said(act(client, Article, "approve", [wordless]))
    act(client, Article, "withdraw", [broken], reason="Hỏng")
    assert (Article.objects.get(pk=wordless.pk).state, Article.objects.get(pk=broken.pk).state) == (
        "draft",
        "withdrawn",
    )


@pytest.mark.django_db(transaction=True)
def test_odd_methods_are_answered():
    item = make.article()
    client = client_of("superuser")
    for page in ("history", "preview"):
        assert client.post(address(item, page)).status_code in (200, 302, 403, 405)
    assert fill(client, address(item), title="Mới").status_code == 302


def test_saving_keeps_the_seconds_of_publication():
    item = make.article(
        published_at=timezone.now().replace(second=33, microsecond=5) - timedelta(days=1)
    )
    before = item.published_at
    assert fill(client_of(APPROVER), address(item), title="Tiêu đề mới").status_code == 302
    item.refresh_from_db()
    assert (item.title, item.published_at) == ("Tiêu đề mới", before)


def test_what_is_out_cannot_be_put_off():
    item = make.article()
    response = fill(
        client_of(APPROVER), address(item), published_at_0="01/01/2099", published_at_1="08:00"
    )
    assert "không hẹn giờ lại được" in errors_of(response)["published_at"][0]


def test_second_save_of_two_is_refused_once_and_nothing_typed_is_lost():
    item = make.article(**DRAFT)
    one, two = client_of(EDITOR), client_of(EDITOR)
    first, second = form_of(one.get(address(item))), form_of(two.get(address(item)))
    assert one.post(address(item), first | {"title": "Của người thứ nhất"}).status_code == 302
    refused = two.post(address(item), second | {"title": "Của người thứ hai"})
    assert "Người khác đã lưu" in errors_of(refused)["__all__"][0]
    assert form_of(refused)["title"] == "Của người thứ hai"
    assert two.post(address(item), form_of(refused)).status_code == 302
    item.refresh_from_db()
    assert item.title == "Của người thứ hai"


# --- each role and each page


@pytest.mark.parametrize("role", ROLES)
def test_role_reaches_its_own_pages_and_no_others(role):
    allowed = {
        EDITOR: {"article", "category", "tag", "page", "notice", "link", "linkgroup"},
        DOCUMENTS: {"document", "agency", "documenttype", "field", "holiday"},
        SCHEDULE: {"week"},
        APPROVER: {
            "article", "category", "tag", "document", "agency", "documenttype", "field", "week",
            "page", "notice", "link", "linkgroup",
            "menuitem", "siteidentity", "holiday", "synonym", "missedquery",
        },
    }[role]  # fmt: skip
    client = client_of(role)
    reached = set()
    for model in admin.site._registry:
        response = client.get(address(model, "changelist"))
        assert response.status_code in (200, 302, 403)
        if (
            response.status_code == 200
            or response.status_code == 302
            and model is SiteIdentity
            and role == APPROVER
        ):
            reached.add(model._meta.model_name)
    assert reached - {"siteidentity"} == allowed - {"siteidentity"}
    assert (client.get("/quan-tri/pages/siteidentity/1/change/").status_code == 200) == (
        "siteidentity" in allowed
    )


@pytest.mark.parametrize("role", ROLES)
def test_role_may_not_open_strange_objects(role):
    client = client_of(role)
    for model, maker in MAKERS.items():
        item = maker(**DRAFT)
        if role not in (WRITES[model], APPROVER):
            for page in ("change", "delete", "history", "preview"):
                assert client.get(address(item, page)).status_code in (302, 403), (model, page)
            assert client.get(address(model, "add")).status_code == 403
    assert client.get("/quan-tri/auth/user/").status_code == 403


def test_groups_have_exactly_what_they_need(capsys):
    call_command("set_up_groups")
    assert "4 groups, 4 changed" in capsys.readouterr().out
    Group.objects.get(name=EDITOR).permissions.clear()
    call_command("set_up_groups")
    assert "4 groups, 1 changed" in capsys.readouterr().out
    for group in Group.objects.all():
        names = {permission.codename for permission in group.permissions.all()}
        assert any(name.startswith("publish_") for name in names) == (group.name == APPROVER)
        assert ("upload_picture" in names) == (group.name in (EDITOR, APPROVER))
        assert not {name for name in names if name.endswith(("_user", "_group", "_permission"))}


# --- preview


@every_kind
@pytest.mark.parametrize("phase", ["draft", "scheduled", "withdrawn"])
def test_preview_shows_what_is_not_out_and_is_kept_nowhere(model, phase):
    times = {
        "draft": DRAFT,
        "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
        "withdrawn": {"state": State.WITHDRAWN, "withdrawal_reason": "Sai"},
    }[phase]
    item = MAKERS[model](**times)
    response = client_of(WRITES[model]).get(address(item, "preview"))
    if model in (Notice, Link):
        assert response.status_code == 302
        return
    assert response.status_code == 200
    assert "Bản xem trước" in response.content.decode()
    assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert Client().get(address(item, "preview")).status_code == 302


# --- searches and lists


@every_kind
def test_list_is_as_quick_for_three_as_for_one(model):
    client = client_of("superuser")
    counts = []
    for _ in range(2):
        for number in range(1 + 2 * len(counts)):
            values = (
                {"monday": timezone.localdate() + timedelta(weeks=len(counts) * 10 + number)}
                if model is Week
                else {}
            )
            item = MAKERS[model](**values)
            if model is Document:
                item.type, item.agency = make.document_type(), make.agency()
                item.save()
        with queries() as found:
            assert client.get(address(model, "changelist")).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_searches_do_not_mind_accents():
    client = client_of("superuser")
    make.article(title="Hội nghị ở Đô Lương")
    make.agency(name="Sở Thông tin và Truyền thông")
    make.category(name="Đào tạo")
    for model, words in ((Article, "do luong"), (Agency, "so thong tin"), (Category, "dao TAO")):
        assert (
            client.get(address(model, "changelist"), {"q": words}).context["cl"].result_count == 1
        ), words
        assert (
            client.get(address(model, "changelist"), {"q": words + " khongco"})
            .context["cl"]
            .result_count
            == 0
        )
    for words in ("\x00", "%", "'", "a" * 5000, "﷽"):
        assert client.get(address(Article, "changelist"), {"q": words}).status_code == 200


def test_lists_are_in_vietnamese_order():
    for name in ("Zeta", "Đầu tư", "Ăn uống", "Dân số", "An ninh"):
        make.agency(name=name)
    page = client_of("superuser").get(address(Agency, "changelist"))
    assert [row.name for row in page.context["cl"].result_list] == [
        "An ninh",
        "Ăn uống",
        "Dân số",
        "Đầu tư",
        "Zeta",
    ]


def test_filter_by_phase():
    make.article(title="Đang đăng")
    make.article(title="Hẹn giờ", published_at=timezone.now() + timedelta(days=1))
    page = client_of("superuser").get(address(Article, "changelist"), {"tinh-trang": "scheduled"})
    assert [row.title for row in page.context["cl"].result_list] == ["Hẹn giờ"]
    assert (
        client_of("superuser").get(address(Article, "changelist"), {"tinh-trang": "la"}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "query",
    [
        "author__password__startswith=p",
        "category__articles__slug__startswith=a",
        "state__regex=(",
        "o=9.9.9",
        "p=abc",
    ],
)
def test_odd_look_ups_are_refused(query):
    make.article()
    assert client_of("superuser").get(address(Article, "changelist") + "?" + query).status_code in (
        200,
        302,
        400,
    )
    if "__" in query and "regex" not in query:
        assert client_of(EDITOR).get(address(Article, "changelist") + "?" + query).status_code in (
            302,
            400,
        )


# --- too much at once


def test_too_many_fields_files_or_bytes_are_refused():
    client = client_of("superuser")
    where = address(Article, "add")
    assert client.post(where, {f"f{n}": "x" for n in range(2000)}).status_code == 400
    assert (
        client.post(where, {f"f{n}": ContentFile(b"x", name="x") for n in range(101)}).status_code
        == 400
    )
    assert client.post(where, {"body": "x" * 3_000_000}).status_code in (400, 413)
    assert client.post(
        where, "a=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    ).status_code in (400, 413)


def test_rows_of_another_parent_are_not_touched():
    mine, other = make.document(**DRAFT), make.document(**DRAFT)
    strange = make.attachment(other)
    values = form_of(client_of(DOCUMENTS).get(address(mine)))
    values |= {
        "attachments-TOTAL_FORMS": "1",
        "attachments-INITIAL_FORMS": "1",
        "attachments-0-id": strange.pk,
    }
    values |= {
        "attachments-0-document": mine.pk,
        "attachments-0-role": "phu-luc",
        "attachments-0-DELETE": "on",
    }
    client_of(DOCUMENTS).post(address(mine), values)
    strange.refresh_from_db()
    assert (strange.document_id, strange.role) == (other.pk, "ban-ky")


# --- every page


def test_pages_are_held_as_tightly_as_they_can_be():
    client = client_of("superuser")
    item, group = make.article(), make.link_group()
    for where, has_editor in (
        ("/quan-tri/", False),
        (address(Article, "changelist"), False),
        (address(item), True),
        (address(group), False),
    ):
        policy = client.get(where)["Content-Security-Policy"]
        assert ("'unsafe-inline'" in policy) == has_editor, where
        assert (
            "default-src 'none'" in policy
            and "frame-ancestors 'none'" in policy
            and "unsafe-eval" not in policy
        )


def test_what_waits_for_approval_is_said_on_the_first_page():
    make.article(state=State.REVIEW)
    assert "Đang chờ duyệt" in client_of(APPROVER).get("/quan-tri/").content.decode()
    assert "Đang chờ duyệt" not in client_of(EDITOR).get("/quan-tri/").content.decode()


def test_identity_is_one_form():
    client = client_of(APPROVER)
    assert (
        client.get("/quan-tri/pages/siteidentity/")["Location"]
        == "/quan-tri/pages/siteidentity/1/change/"
    )
    assert (
        fill(client, "/quan-tri/pages/siteidentity/1/change/", phone="0238 123456").status_code
        == 302
    )
    assert SiteIdentity.objects.get().phone == "0238 123456"
    assert client.get("/quan-tri/pages/siteidentity/add/").status_code == 403
    assert client_of("superuser").get("/quan-tri/pages/siteidentity/1/delete/").status_code == 403
