from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files under names with their hash, compressed. Before `collectstatic` (in tests) the plain names serve."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return super().stored_name(name)

    def url(self, name: str | None, force: bool = False) -> str:
        if not self.hashed_files:
            return self.base_url.rstrip("/") + "/" + (name or "") if self.base_url else str(name)
        return super().url(name, force)
