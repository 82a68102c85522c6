// What CKEditor 4 cannot be told by its configuration: our CSRF token on uploads, and words for every picture.
(() => {
  "use strict";
  if (!window.CKEDITOR) return;

  CKEDITOR.on("instanceCreated", ({ editor }) => {
    editor.on("fileUploadRequest", (event) => {
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      event.data.fileLoader.xhr.setRequestHeader("X-CSRFToken", token ? token.value : "");
    });
  });

  // A placeholder would be text: forgotten, it would be published as the caption.
  CKEDITOR.on("instanceReady", ({ editor }) => {
    if (editor.lang.image2) editor.lang.image2.captionPlaceholder = "";
  });

  CKEDITOR.on("dialogDefinition", ({ data }) => {
    if (data.name !== "image2") return;
    const info = data.definition.getContents("info");

    const source = info.get("src");
    source.label = "Địa chỉ ảnh (tự điền sau khi tải lên)";

    const words = info.get("alt");
    words.label = "Mô tả ảnh (bắt buộc): ảnh cho thấy gì, dành cho người không nhìn thấy ảnh";
    words.validate = CKEDITOR.dialog.validate.notEmpty("Ghi mô tả ảnh: người không nhìn thấy ảnh sẽ nghe câu này.");

    const caption = info.get("hasCaption");
    caption.label = "Có chú thích dưới ảnh (gõ ngay dưới ảnh trong bài)";
    caption.setup = function (widget) {
      this.setValue(widget.data.src ? widget.data.hasCaption : true);
    };

    const shown = data.definition.onShow;
    data.definition.onShow = function () {
      shown.call(this);
      if (!this.widget.data.src) this.selectPage("Upload");
    };
  });
})();
