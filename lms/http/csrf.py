"""Forms answer for themselves by a token; only what a platform sends by the person's browser has none."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
"""``@csrf.exempt`` for a view that checks a proof of its own."""
