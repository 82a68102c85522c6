// "Người ký": while a name is typed, those who signed before are offered (ARIA combobox with a list). What is typed always stays;
// the post and signing power of the chosen one's last document are filled in where those boxes are empty, else offered.
(() => {
  "use strict";
  const input = document.querySelector("input[data-signers]");
  if (!input) return;
  const post = document.getElementById("id_signer_post");
  const power = document.getElementById("id_signing_power");
  const list = Object.assign(document.createElement("ul"), { id: "signers", className: "offers", hidden: true });
  const told = Object.assign(document.createElement("div"), { className: "offer-told" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Người đã ký");
  told.setAttribute("role", "status");
  const holder = Object.assign(document.createElement("span"), { className: "combobox" });
  input.replaceWith(holder);
  holder.append(input, list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-haspopup": "listbox",
  })) input.setAttribute(name, value);

  let found = [], current = -1, timer = 0, asked = 0;

  const close = () => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    current = index;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === current)));
    if (current < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[current].id);
    list.children[current].scrollIntoView({ block: "nearest" });
  };
  const words = (one) => [one.power, one.post].filter(Boolean).join(" ");
  const show = (signers) => {
    found = signers;
    list.replaceChildren(...found.map((one, place) => {
      const option = document.createElement("li");
      option.id = `signer-${place}`;
      option.setAttribute("role", "option");
      option.append(Object.assign(document.createElement("strong"), { textContent: one.signer }));
      if (words(one)) option.append(` – ${words(one)}`);
      return option;
    }));
    if (!found.length) return close();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  };
  const fill = (one) => {
    power.value = one.power;
    post.value = one.post;
  };
  const choose = (one) => {
    input.value = one.signer;
    close();
    told.replaceChildren();
    if (!words(one) || (post.value === one.post && power.value === one.power)) return;
    if (!post.value && !power.value) {
      fill(one);
      told.textContent = "Đã ghi quyền hạn ký và chức danh theo văn bản gần nhất; hãy xem lại.";
      return;
    }
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `Lấy «${words(one)}» của văn bản gần nhất` });
    button.addEventListener("click", () => { fill(one); told.textContent = "Đã thay quyền hạn ký và chức danh."; });
    told.append(button);
  };
  const ask = async () => {
    const query = input.value.trim(), mine = ++asked;
    if (!query) return close();
    try {
      const answer = await fetch(`${input.dataset.signers}?${new URLSearchParams({ q: query })}`, { headers: { Accept: "application/json" } });
      const { signers } = await answer.json();
      if (mine === asked && document.activeElement === input) show(signers.filter((one) => one.signer !== input.value || words(one)));
    } catch { close(); } // the name can be typed without help
  };

  input.addEventListener("input", () => { clearTimeout(timer); told.replaceChildren(); timer = setTimeout(ask, 150); });
  input.addEventListener("blur", () => { asked++; close(); });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") { event.preventDefault(); ask(); }
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(current < 0 && step < 0 ? found.length - 1 : current + step >= found.length ? -1 : current + step);
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      choose(found[current]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the box keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) choose(found[[...list.children].indexOf(option)]);
  });
})();
