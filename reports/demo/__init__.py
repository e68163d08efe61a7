"""Demo data: made-up customers whose fourteen months went through the product's functions."""

from reports.demo.people import DEMO_SIGN_INS

__all__ = ["DEMO_SIGN_INS"]
