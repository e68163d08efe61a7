"""Texts of forms, models and the admin wait for the language of their reader."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import get_resolver
from django.utils.functional import Promise

from locations.models import Language
from reports.models import LocationDailyRate, LongEstimate

APPS = ("locations", "ledger", "reports", "redflag_credits")
NOT_SHOWN = (LocationDailyRate, LongEstimate)  # tables of the program


def all_subclasses(of: type) -> Iterator[Any]:
    assert get_resolver().url_patterns  # imports the views and their forms
    for each in of.__subclasses__():
        if each.__module__.startswith(APPS):
            yield each
        yield from all_subclasses(each)


def plain(**texts: Any) -> list[str]:
    return [name for name, text in texts.items() if text and not isinstance(text, Promise)]


def test_form_fields_are_translated() -> None:
    for form in all_subclasses(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            if field.widget.is_hidden:
                continue
            assert field.label, (form, name)
            texts = {"label": field.label, "help": field.help_text, **field.error_messages}
            if isinstance(choices := getattr(field, "choices", None), list):
                texts |= {str(value): label for value, label in choices}
            assert plain(**texts) == [], (form, name)


def test_models_are_translated() -> None:
    for model in apps.get_models():
        names = {"one": model._meta.verbose_name, "many": model._meta.verbose_name_plural}
        if model._meta.app_label not in APPS or hasattr(model, "pgh_tracked_model"):
            continue
        if model in NOT_SHOWN:
            assert model not in admin.site._registry
            continue
        assert plain(**names) == [], model
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            of = field.model
            if of.__module__.startswith(APPS) and not (field.auto_created or of._meta.auto_created):
                texts = {"name": field.verbose_name, "help": field.help_text}
                assert plain(**texts, **field.error_messages) == [], field
        for constraint in model._meta.constraints:
            message = constraint.violation_error_message
            assert plain(message=message) == [], constraint.name


def test_choices_are_translated() -> None:
    for choices in all_subclasses(models.Choices):
        if choices.__members__ and choices is not Language:
            assert plain(**dict(zip(choices.names, choices.labels, strict=True))) == [], choices


def test_the_admin_is_translated() -> None:
    admin.autodiscover()
    for each in all_subclasses(admin.options.BaseModelAdmin):
        for title, options in each.fieldsets or []:
            assert plain(title=title, description=options.get("description")) == [], each
        described = {name: getattr(each, name, None) for name in dir(each)}
        texts = {n: getattr(f, "short_description", "") for n, f in described.items()}
        assert plain(**texts) == [], each
