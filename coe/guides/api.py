from __future__ import annotations

from coe.guides import document_api, feedback_api

routes = [*document_api.routes, *feedback_api.routes]
