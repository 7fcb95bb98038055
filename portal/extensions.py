"""The libraries that the whole application shares, not yet bound to one."""

from flask_compress import Compress
from flask_limiter import Limiter
from flask_wtf import CSRFProtect

from portal.limits import network

compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(key_func=network, headers_enabled=False, strategy="fixed-window")
