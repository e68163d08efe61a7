from django.contrib.admin.apps import AdminConfig


class StaffDesk(AdminConfig):
    """The Django admin under our own name and mark."""

    default_site = "redflag_credits.admin_site.StaffSite"
