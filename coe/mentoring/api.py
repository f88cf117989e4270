from __future__ import annotations

from coe.mentoring import request_api

routes = request_api.routes
