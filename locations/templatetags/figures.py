from django import template

from locations.formatting.numbers import format_credits, format_signed

register = template.Library()
register.filter("credits", format_credits)
register.filter("signed", format_signed)
