"""Users and their memberships."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from locations.admin.base import GuardedAdmin
from locations.models import Membership, User
from locations.users import two_factor

# Their pages would show secrets with which anyone could sign in.
for device in (TOTPDevice, StaticDevice, Group):
    admin.site.unregister(device)


@admin.register(Group)
class GroupAdmin(GuardedAdmin, DjangoGroupAdmin):
    """Django's, with the audit log as its history."""


# Users with this permission set `STAFF_POWERS`; the other powers are for superusers.
MANAGE_STAFF = "locations.manage_staff"
STAFF_POWERS = ("is_staff", "groups")
POWERS = (*STAFF_POWERS, "is_superuser", "user_permissions")


class LowerCaseEmailForm(forms.ModelForm):
    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another user has this address."))
        return email


class NewUserForm(LowerCaseEmailForm, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name", "is_staff")


class UserForm(LowerCaseEmailForm, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ("account", "location")
    extra = 0
    verbose_name_plural = gettext_lazy(
        "memberships: an Account Admin belongs to an account, every other role to one location"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("account", "location", "user")


@admin.register(User)
class UserAdmin(GuardedAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "full_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "created_at")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("email", "full_name", "language", "password")}),
        (
            gettext_lazy("What they may do"),
            {
                "fields": ("is_active", *POWERS),
                "description": gettext_lazy(
                    "Location managers need none of this: what they see follows from "
                    "their memberships, below."
                ),
            },
        ),
        (gettext_lazy("When"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "email",
                    "full_name",
                    "is_staff",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    filter_horizontal = ("user_permissions",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    actions = ("turn_off_second_step",)

    @admin.action(
        description=gettext_lazy("Turn off the second step of signing in"), permissions=["change"]
    )
    def turn_off_second_step(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            if self.has_change_permission(request, user):
                two_factor.disable(user)
                self.log_change(request, user, "Turned off the second step of signing in.")
                message = _("%(user)s signs in with the password alone now.")
                self.message_user(request, message % {"user": user})
            else:
                message = _("%(user)s is not yours to change.")
                self.message_user(request, message % {"user": user}, messages.ERROR)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        if request.user.has_perm(MANAGE_STAFF):
            return (*fields, *(name for name in POWERS if name not in STAFF_POWERS))
        return (*fields, *POWERS)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None or request.user.has_perm(MANAGE_STAFF):
            return fieldsets
        return [
            (name, {**options, "fields": [f for f in options["fields"] if f != "is_staff"]})
            for name, options in fieldsets
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Setting a colleague's password, or turning off the second step, is taking the account.
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        if obj is not None and obj.is_staff and not request.user.has_perm(MANAGE_STAFF):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Entries and reports name them. Untick “active” instead.
        return False


@admin.register(Membership)
class MembershipAdmin(GuardedAdmin):
    list_display = ("user", "role", "account", "location")
    list_filter = ("role",)
    list_select_related = ("user", "account", "location")
    search_fields = ("user__email", "user__full_name", "account__name", "location__name")
    autocomplete_fields = ("user", "account", "location")
