from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "projects.catalog"
    label = "catalog"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.mentors import evidence as mentors_evidence
        from coe.mentors import tags as mentors_tags
        from coe.search import sources
        from projects.catalog import (
            evidence,
            onboarding_checks,  # noqa: F401  fills the registry of checks of paths
            rules,  # noqa: F401  fills the access registry and says the events
            search,
            telling,  # noqa: F401  says whom events are told
        )

        sources.register(search.PROJECTS)
        mentors_evidence.register("projects", evidence.proofs)
        mentors_tags.register("projects", evidence.tags)
        rail_item("Projects", "/projects/", order=40)
