from __future__ import annotations

from django.urls import URLPattern, path

from coe.guides import document_act_views as act
from coe.guides import document_edit_views as writing
from coe.guides import document_views as reading

urlpatterns: list[URLPattern] = [
    path("guides/new/", writing.new, name="new"),
    path("guides/preview/", writing.preview, name="preview"),
    path("guides/<slug:slug>/", reading.document, name="document"),
    path("guides/<slug:slug>/edit/", writing.edit, name="edit"),
    path("guides/<slug:slug>/settings/", writing.settings, name="settings"),
    path("guides/<slug:slug>/history/", reading.history, name="history"),
    path("guides/<slug:slug>/history/<int:number>/", reading.revision, name="revision"),
    path("guides/<slug:slug>/history/<int:number>/restore/", reading.restore, name="restore"),
    path("guides/<slug:slug>/diff/", reading.diff, name="diff"),
    path("guides/<slug:slug>/publish/", act.publish, name="publish"),
    path("guides/<slug:slug>/withdraw/", act.withdraw, name="withdraw"),
    path("guides/<slug:slug>/verify/", act.verify, name="verify"),
    path("guides/<slug:slug>/archive/", act.archive, name="archive"),
    path("guides/<slug:slug>/recall/", act.recall, name="recall"),
    path("guides/<slug:slug>/files/", writing.files, name="files"),
    path("guides/<slug:slug>/files/<str:name>", reading.file, name="file"),
    path("guides/<slug:slug>/files/<str:name>/remove/", writing.remove_file, name="remove_file"),
]
