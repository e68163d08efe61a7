from django import template

from locations.formatting.dates import format_date

register = template.Library()
register.filter("format_date", format_date, expects_localtime=True)
