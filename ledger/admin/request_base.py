"""Base admin of requests: list them, approve or decline one."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from ledger.engine.posting import LedgerError
from ledger.models.requests_base import MAX_ANSWER_LENGTH, OPEN
from locations.admin.base import ReadOnlyAdmin
from locations.models import User


class DecisionForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the manager"),
        max_length=MAX_ANSWER_LENGTH,
        required=False,
        widget=AdminTextInputWidget,
    )


class DecisionAdmin(ReadOnlyAdmin):
    """Open requests first, oldest first. `approve` and `decline` are functions of `requests`."""

    list_filter: ClassVar[tuple[str, ...]] = ("state",)
    permission: ClassVar[str] = "ledger.decide_requests"
    approve: ClassVar[Callable[..., Any]]
    decline: ClassVar[Callable[..., Any]]
    approve_button: ClassVar[Any]
    approved_message: ClassVar[Any]
    answer_help: ClassVar[Any]
    declined_message: ClassVar[Any]
    answer_label: ClassVar[Any] = _("Answer to the manager")

    list_display_links = ("age",)
    sortable_by = ()
    change_form_template = "admin/ledger/decide.html"

    def get_ordering(self, request: HttpRequest) -> Any:
        is_open = When(state=OPEN, then=Value(0))
        order = Case(is_open, default=Value(1), output_field=IntegerField())
        return [order.asc(), "requested_at", "pk"]

    def describe_approval(self, obj: Any) -> Any:
        """What approving does, as a sentence beside the buttons."""
        raise NotImplementedError

    @admin.display(description=_("Age"))
    def age(self, obj: Any) -> str:
        age = timesince(obj.requested_at, obj.decided_at or timezone.now())
        return age if obj.state == OPEN else _("decided after %(age)s") % {"age": age}

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        return [
            path("<int:pk>/decide/", decide, name=self._url_name("decide")),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs["obj"]
        context |= {
            "decision": DecisionForm(),
            "can_decide": self._can_decide(request, obj),
            "is_own": obj.requested_by_id == request.user.pk,
            "approve_button": self.approve_button,
            "answer_label": self.answer_label,
            "answer_help": self.answer_help,
            "description": self.describe_approval(obj),
            "decide_url": reverse(f"admin:{self._url_name('decide')}", args=[obj.pk]),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = request.user
        if request.method != "POST" or not isinstance(user, User):
            raise PermissionDenied
        is_approval = "_approve" in request.POST
        obj = self.model._default_manager.filter(pk=pk).first()
        # The requester may withdraw it without the permission to decide.
        if not self._can_decide(request, None if is_approval else obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        form = DecisionForm(request.POST)
        decide = self.approve if is_approval else self.decline
        try:
            if not form.is_valid():
                raise LedgerError(
                    _("An answer has at most %(longest_answer)s characters.")
                    % {"longest_answer": MAX_ANSWER_LENGTH}
                )
            answer = form.cleaned_data["answer"]
            decided = decide(pk, decided_by=user, at=timezone.now(), answer=answer)
        except LedgerError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(f"admin:{self._url_name('change')}", pk)
        message = self.approved_message if is_approval else self.declined_message
        self.log_change(request, decided, message)
        self.message_user(request, message)
        return redirect("admin:ledger_approvalrequest_queue")

    def _url_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _can_decide(self, request: HttpRequest, obj: Any = None) -> bool:
        is_own = obj is not None and obj.requested_by_id == request.user.pk
        return is_own or request.user.has_perm(self.permission)
