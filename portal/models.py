"""Where Django looks for the tables of the ground floor."""

from portal.files import PictureUse
from portal.publishing import FormerAddress
from portal.workdays import Holiday

__all__ = ["FormerAddress", "Holiday", "PictureUse"]
