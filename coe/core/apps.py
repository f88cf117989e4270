from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "coe.core"
    label = "core"
