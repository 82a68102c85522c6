"""Where Django looks for the tables of the ground floor."""

from portal.files import PictureUse
from portal.publishing import FormerAddress

__all__ = ["FormerAddress", "PictureUse"]
