"""Days and instants in templates: {{ day|written:"j F Y" }}."""

from django import template

from locations.formatting.dates import written

register = template.Library()

register.filter("written", written, expects_localtime=True)
