from reports.demo.sign_ins import DEMO_SIGN_INS

__all__ = ["DEMO_SIGN_INS"]
