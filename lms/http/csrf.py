"""Protection of forms by a CSRF token. Requests that a platform posts through the person's browser carry none."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
"""Flask-WTF's protection; ``@csrf.exempt`` marks a view that checks a proof of its own."""
