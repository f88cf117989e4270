from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "coe.search"
    label = "search"

    def ready(self) -> None:
        from coe.core import stream
        from coe.search import index, people, sources

        sources.register(people.PEOPLE)
        stream.consumer("search", index.follow, wants=sources.wants)
