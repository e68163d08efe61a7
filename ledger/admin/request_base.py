"""A queue of what managers ask for, and the page on which staff decide."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from ledger.engine.posting import LedgerError
from ledger.models.requests_base import MAX_ANSWER_LENGTH, OPEN
from locations.admin.base import ReadOnlyAdmin
from locations.models import User

MEET, DECLINE = "_meet", "_decline"  # the buttons


class DecisionForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the manager"),
        max_length=MAX_ANSWER_LENGTH,
        required=False,
        widget=AdminTextInputWidget,
    )


class DecisionAdmin(ReadOnlyAdmin):
    """What is open comes first, oldest first. `meet` and `decline` are the ledger's functions.

    Nobody meets what they asked for themselves: the ledger and the database refuse it. Whoever
    decides needs `permission`: meeting a request writes an entry.
    """

    list_filter: ClassVar[tuple[str, ...]] = ("state",)
    permission: ClassVar[str] = "ledger.decide_requests"
    meet: ClassVar[Callable[..., Any]]
    decline: ClassVar[Callable[..., Any]]
    meet_button: ClassVar[Any]
    met_words: ClassVar[Any]
    # Both say where the manager reads the answer.
    answer_help: ClassVar[Any]
    declined_words: ClassVar[Any]
    answer_label: ClassVar[Any] = _("Answer to the manager")

    list_display_links = ("waiting",)
    sortable_by = ()
    change_form_template = "admin/ledger/decide.html"

    def get_ordering(self, request: HttpRequest) -> Any:
        is_open = When(state=OPEN, then=Value(0))
        order = Case(is_open, default=Value(1), output_field=IntegerField())
        return [order.asc(), "requested_at", "pk"]

    def what_meeting_does(self, asked: Any) -> str:
        """In a sentence, beside the buttons."""
        return ""

    @admin.display(description=_("Age"))
    def waiting(self, asked: Any) -> str:
        age = timesince(asked.requested_at, asked.decided_at or timezone.now())
        return age if asked.state == OPEN else _("decided after %(age)s") % {"age": age}

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name=self._page("decide")), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        context = {
            **(extra_context or {}),
            "decision": DecisionForm(),
            "may_decide": self._may_decide(request, asked),
            "is_own": asked is not None and asked.requested_by_id == request.user.pk,
            "answer_label": self.answer_label,
            "meet_button": self.meet_button,
            "help": self.answer_help,
            "does": self.what_meeting_does(asked) if asked else "",
            "decide_address": reverse(f"admin:{self._page('decide')}", args=[asked.pk])
            if asked
            else "",
            "queue_address": reverse("admin:ledger_approvalrequest_queue"),
        }
        return super().change_view(request, object_id, form_url, context)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As the button says; back to the queue, or to the form's fault."""
        user = request.user
        if request.method != "POST" or not isinstance(user, User):
            raise PermissionDenied
        asked = self.model._default_manager.filter(pk=pk).first()
        # Whoever asked may withdraw it, without the permission to meet it.
        if not self._may_decide(request, None if MEET in request.POST else asked):
            raise PermissionDenied
        if asked is None:
            raise Http404
        form = DecisionForm(request.POST)
        try:
            if not form.is_valid():
                raise LedgerError(
                    _("An answer has at most %(longest_answer)s characters.")
                    % {"longest_answer": MAX_ANSWER_LENGTH}
                )
            answer = form.cleaned_data["answer"]
            if MEET in request.POST:
                done = self.meet(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = self.met_words
            else:
                done = self.decline(pk, decided_by=user, at=timezone.now(), answer=answer)
                words = self.declined_words
        except LedgerError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self._page('change')}", args=[pk]))
        self.log_change(request, done, words)
        self.message_user(request, words)
        return HttpResponseRedirect(reverse("admin:ledger_approvalrequest_queue"))

    def _page(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def _may_decide(self, request: HttpRequest, asked: Any = None) -> bool:
        is_own = asked is not None and asked.requested_by_id == request.user.pk
        return is_own or request.user.has_perm(self.permission)
