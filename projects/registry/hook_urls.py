from django.urls import path

from projects.registry import hook_views

urlpatterns = [path("hooks/mlflow/<slug:name>/", hook_views.receive, name="mlflow_hook")]
