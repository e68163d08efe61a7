from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from locations.users import language


@never_cache
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(render(request, "400.html").content)
    language.save_language(request.user, code)
    response = HttpResponseRedirect(language.get_safe_url(request, request.POST.get("next", "")))
    language.set_cookie(response, code)
    if "confirm" in request.POST:
        with translation.override(code):
            messages.success(request, _("Pages, mails and reports come in this language now."))
    return response
