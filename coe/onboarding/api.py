from __future__ import annotations

from rest_framework.viewsets import ViewSetMixin

routes: list[tuple[str, type[ViewSetMixin]]] = []
