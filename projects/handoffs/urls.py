from __future__ import annotations

from django.urls import path

from projects.handoffs import act_views, evidence_pages, item_views, record_pages, views

app_name = "handoffs"
urlpatterns = [
    path("handoffs/", views.handoffs, name="handoffs"),
    path("handoffs/new/", views.new, name="new"),
    path("handoffs/reassign/", views.reassign_many, name="reassign_many"),
    path("handoffs/<int:pk>/", views.handoff, name="handoff"),
    path("handoffs/<int:pk>/edit/", act_views.edit, name="edit"),
    path("handoffs/<int:pk>/submit/", act_views.submit, name="submit"),
    path("handoffs/<int:pk>/review/", act_views.review, name="review"),
    path("handoffs/<int:pk>/accept/", act_views.accept, name="accept"),
    path("handoffs/<int:pk>/return/", act_views.return_, name="return"),
    path("handoffs/<int:pk>/withdraw/", act_views.withdraw, name="withdraw"),
    path("handoffs/<int:pk>/reassign/", act_views.reassign, name="reassign"),
    path("handoffs/<int:pk>/comment/", act_views.comment, name="comment"),
    path("handoffs/<int:pk>/checks/", act_views.checks, name="checks"),
    path("handoffs/<int:pk>/carry/", act_views.carry, name="carry"),
    path("handoffs/<int:pk>/token/", act_views.token, name="token"),
    path("handoffs/<int:pk>/record/", record_pages.record_page, name="record"),
    path("handoffs/<int:pk>/record.pdf", record_pages.record_pdf, name="record_pdf"),
    path("handoffs/<int:pk>/record.json", record_pages.record_json, name="record_json"),
    path("handoffs/<int:pk>/evidence/<int:evidence_id>/file/", evidence_pages.evidence_file, name="evidence_file"),
    path("handoffs/<int:pk>/items/<slug:key>/", item_views.item, name="item"),
    path("handoffs/<int:pk>/evidence/<int:evidence_id>/remove/", item_views.remove_evidence, name="remove_evidence"),
]
