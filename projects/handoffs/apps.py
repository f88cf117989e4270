from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "projects.handoffs"
    label = "handoffs"

    def ready(self) -> None:
        from coe.core.context import rail_item
        from coe.mentors import evidence as mentors_evidence
        from projects.catalog import timelines
        from projects.handoffs import (  # noqa: F401  they fill registries: checks, access, events, gates, news
            onboarding_checks,
            production_gate,
            rules,
            telling,
        )
        from projects.handoffs.evidence import proofs
        from projects.handoffs.opening import open_drafts
        from projects.handoffs.queries import milestones
        from projects.tracking import followups

        followups.register("handoffs", open_drafts)
        mentors_evidence.register("handoffs", proofs)
        timelines.register("handoffs", milestones)
        rail_item("Handoffs", "/handoffs/", order=45)
