from django.contrib.postgres.fields import ArrayField
from django.db import models

from locations.models import Location


class LocationDailyRate(models.Model):
    """A cache of what entries up to `through_number` say about the days before `day`."""

    location = models.OneToOneField(
        Location, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    day = models.DateField()
    through_number = models.BigIntegerField()
    used_before = models.BigIntegerField()  # credits, on the 29 days before
    history_state = models.CharField(max_length=12)  # where nothing is used on the day
    history_state_if_used = models.CharField(max_length=12)
    by_weekday = ArrayField(models.FloatField(), size=7, null=True)

    def __str__(self) -> str:
        return f"{self.location_id} on {self.day}"
