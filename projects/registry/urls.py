from django.urls import path

from projects.registry import views

app_name = "registry"
urlpatterns = [
    path("sources/<slug:name>/registry/", views.registry, name="registry"),
    path("sources/<slug:name>/registry/opening/", views.opening, name="opening"),
    path("sources/<slug:name>/registry/orders/<int:pk>/retry/", views.retry_order, name="retry_order"),
    path("sources/<slug:name>/registry/drift/<int:pk>/record/", views.record_drift, name="record_drift"),
    path("sources/<slug:name>/registry/drift/<int:pk>/put-back/", views.put_back, name="put_back"),
]
