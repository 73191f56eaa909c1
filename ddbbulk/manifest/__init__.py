"""What a load is known to have created, kept in a file: so that it can be undone."""

from ddbbulk.manifest.header import ManifestHeader
from ddbbulk.manifest.opened_manifest import Creation, OpenedManifest
from ddbbulk.manifest.record import END, Acknowledgement, creation_lines

__all__ = [
    "END",
    "Acknowledgement",
    "Creation",
    "ManifestHeader",
    "OpenedManifest",
    "creation_lines",
]
