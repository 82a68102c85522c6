"""Import the models of the application `portal`, for Django looks for them here."""

from portal.cache.revision import ContentChange
from portal.pictures.models import PictureUse
from portal.publishing.addresses import FormerAddress
from portal.workdays import Holiday

__all__ = ["ContentChange", "FormerAddress", "Holiday", "PictureUse"]
