"""Credits as the pages of the staff desk write them."""

from django import template

from locations.formatting.numbers import credits, signed

register = template.Library()
register.filter(credits)
register.filter(signed)
