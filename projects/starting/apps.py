from django.apps import AppConfig


class StartingConfig(AppConfig):
    name = "projects.starting"
    label = "starting"
