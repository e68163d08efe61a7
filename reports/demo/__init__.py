"""Demo data: invented customers with fourteen months of traffic."""

from reports.demo.people import DEMO_SIGN_INS

__all__ = ["DEMO_SIGN_INS"]
