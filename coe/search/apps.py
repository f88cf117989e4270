from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "coe.search"
    label = "search"
