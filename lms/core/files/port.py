"""The file store of this process, set by the composition and used by operations."""

from lms.core.files.store import FolderStore, Store
from lms.core.settings import Settings

_current: list[Store] = []


def configure(store: Store) -> None:
    """Sets the store."""
    _current[:] = [store]


def store() -> Store:
    """Returns this process's store. Raises ``RuntimeError`` before ``configure``."""
    if not _current:
        raise RuntimeError("No store is configured.")
    return _current[0]


def store_of(settings: Settings) -> Store:
    """Returns the store that the settings name."""
    if settings.storage == "folder":
        return FolderStore(settings.data.resolve() / "files")
    from lms.core.files.s3 import S3Store

    return S3Store(
        settings.s3_bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else None,
    )
