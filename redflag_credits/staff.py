"""The staff desk: Django's admin with our words at the top."""

from django.contrib import admin


class StaffSite(admin.AdminSite):
    site_header = "RedFlag Credits · Staff"
    site_title = "RedFlag Credits staff"
    index_title = "Contracts, prices and the ledger"
    site_url = "/"
