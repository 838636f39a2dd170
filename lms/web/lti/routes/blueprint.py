"""Blueprint of the LTI launch."""

from flask import Blueprint

bp = Blueprint("lti", __name__)
