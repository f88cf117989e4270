from __future__ import annotations

from coe.guides import document_urls, feedback_urls, library_urls

app_name = "guides"
# Words first, then what takes any slug.
urlpatterns = [*library_urls.urlpatterns, *feedback_urls.urlpatterns, *document_urls.urlpatterns]
