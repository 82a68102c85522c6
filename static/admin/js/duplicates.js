// Before the form of a document is sent, the portal is asked whether that number is here already: so the clerk decides while the chosen
// files are still in the form. Without this script, or without an answer, the server asks after the form was sent.
(() => {
  "use strict";
  const panel = document.getElementById("duplicates");
  const form = panel && panel.closest("form");
  if (!form) return;
  let isAsked = false;

  form.addEventListener("submit", async (event) => {
    const agreed = document.getElementById("id_is_another");
    if (isAsked || event.defaultPrevented || (agreed && agreed.checked)) return;
    const number = form.elements.number;
    if (!number || !number.value.trim()) return;
    event.preventDefault();
    const query = new URLSearchParams({ number: number.value, document: panel.dataset.document });
    for (const name of ["agency", "co_agencies", "issued_on"]) {
      for (const value of new FormData(form).getAll(name)) query.append(name, value);
    }
    const { submitter } = event;
    let html = "";
    try {
      const answer = await fetch(`${panel.dataset.door}?${query}`);
      html = answer.status === 200 && !answer.redirected ? await answer.text() : "";
    } catch { /* the server asks again */ }
    if (html) {
      panel.innerHTML = html;
      panel.hidden = false;
      panel.focus();
      panel.scrollIntoView({ block: "start" });
      return;
    }
    isAsked = true;
    form.requestSubmit(submitter);
    isAsked = false;
  });
})();
