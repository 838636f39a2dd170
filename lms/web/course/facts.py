"""Facts of a stored material, for the texts of lists."""

from courses.materials.words import Facts
from courses.models.materials import Material


def facts_of(material: Material) -> Facts:
    """Returns kind, way of completion, minutes, and the file's type and size."""
    file = material.file
    return Facts(
        material.kind,
        material.completion,
        material.required,
        material.minutes,
        file.media_type if file else None,
        file.size if file else None,
    )
