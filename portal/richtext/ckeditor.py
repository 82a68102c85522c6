"""CKEditor 4 as the editor of formatted text; the only module that knows the package ckeditor."""

from typing import Any

from ckeditor.widgets import CKEditorWidget
from django import forms
from django.templatetags.static import static

from portal.pictures.views import PUBLIC_PICTURES, STAFF_PICTURES


class CKEditor(CKEditorWidget):
    """CKEditor 4 as our editors use it: headings from 2 down, pictures with alt and caption.

    It calls no other site. `static/js/editor.js` adds what its configuration cannot say: the CSRF
    token, a description for every picture.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.config = {
            "skin": "moono-lisa",
            "customConfig": "",
            "stylesSet": False,
            "entities": False,
            "basicEntities": True,
            "entities_latin": False,
            "height": 420,
            "width": "100%",
            "bodyClass": "prose",
            "disableNativeSpellChecker": False,
            "format_tags": "p;h2;h3;h4",
            "justifyClasses": ["align-left", "align-center", "align-right", "align-justify"],
            "extraPlugins": "image2,uploadimage",
            "removePlugins": "image,exportpdf,scayt,wsc,flash,iframe,forms,smiley,language,newpage,"
            "save,templates,elementspath",
            "removeDialogTabs": "link:advanced;link:target;table:advanced",
            "image2_alignClasses": ["align-left", "align-center", "align-right"],
            "image2_captionedClass": "image",
            "image2_disableResizer": True,
            "clipboard_handleImages": False,
            "filebrowserImageUploadUrl": STAFF_PICTURES + "tai-len/",
            "filebrowserUploadMethod": "xhr",
            "uploadUrl": STAFF_PICTURES + "tai-len/",
            "toolbar": "Portal",
            "toolbar_Portal": [
                [
                    "Format",
                    "Bold",
                    "Italic",
                    "Underline",
                    "Strike",
                    "Subscript",
                    "Superscript",
                    "RemoveFormat",
                ],
                ["NumberedList", "BulletedList", "Outdent", "Indent", "Blockquote"],
                ["JustifyLeft", "JustifyCenter", "JustifyRight", "JustifyBlock"],
                ["Link", "Unlink", "Image", "Table", "HorizontalRule", "SpecialChar"],
                ["Undo", "Redo", "PasteText", "PasteFromWord", "Find", "Maximize", "Source"],
            ],
        }

    @property
    def media(self) -> forms.Media:
        """Return the scripts and style sheets of CKEditor: the package's own, then ours."""
        return super().media + forms.Media(js=["ckeditor/fixups.js", "js/editor.js"])

    def _set_config(self) -> None:
        """Give CKEditor the style sheets of the public page; their addresses are known only now."""
        super()._set_config()
        sheets = (
            "css/site.css",
            "css/tokens.css",
            "css/base.css",
            "css/prose.css",
            "admin/css/editor.css",
        )
        self.config["contentsCss"] = [static(sheet) for sheet in sheets]

    def format_value(self, value: Any) -> str | None:
        """Give the pictures in CKEditor's text the addresses for staff, for those of drafts too."""
        value = super().format_value(value)
        return value.replace(PUBLIC_PICTURES, STAFF_PICTURES) if value else value
