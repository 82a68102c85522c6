"""Where Django looks for the tables of the ground floor."""

from portal.cache.revision import Change
from portal.pictures.models import PictureUse
from portal.publishing.addresses import FormerAddress
from portal.workdays import Holiday

__all__ = ["Change", "FormerAddress", "Holiday", "PictureUse"]
