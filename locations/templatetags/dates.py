"""Days and instants in templates: {{ day|written:"j F Y" }}."""

from django import template

from locations.dates import written

register = template.Library()

register.filter("written", written, expects_localtime=True)
