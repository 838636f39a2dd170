"""A stored material as the words of lists know it."""

from courses.materials.words import Facts
from courses.models.materials import Material


def facts_of(material: Material) -> Facts:
    """Kind, completion, minutes, and its file's kind and size."""
    file = material.file
    return Facts(
        material.kind,
        material.completion,
        material.required,
        material.minutes,
        file.media_type if file else None,
        file.size if file else None,
    )
