// Suggests while one types into a search box; without it the box works the same.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = Object.assign(document.createElement("ul"), { className: "suggestions", id: `${input.id || "tim-nhanh"}-goi-y`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Gợi ý");
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let waiting, asked = "", chosen = -1;  // asked: whose answer is still wanted

  const show = (titles, words, addresses) => {
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...titles.map((title, place) => {
      const item = Object.assign(document.createElement("li"), { id: `${list.id}-${place}` });
      item.append(Object.assign(document.createElement("b"), { textContent: title }), Object.assign(document.createElement("span"), { textContent: words[place] }));
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.address = new URL(addresses[place]).pathname + new URL(addresses[place]).hash;
      return item;
    }));
    list.hidden = !titles.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const close = () => {
    clearTimeout(waiting);
    asked = "";
    show([], [], []);
  };
  const choose = (place) => {
    const items = [...list.children];
    chosen = (place + items.length + 1) % (items.length + 1);
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < items.length) input.setAttribute("aria-activedescendant", items[chosen].id);
    else input.removeAttribute("aria-activedescendant");
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    const words = asked = input.value.trim();
    if (words.length < 2) return show([], [], []);
    waiting = setTimeout(async () => {
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(words.slice(0, 80))}`, { credentials: "omit" });
        const [, ...found] = await answer.json();
        if (words === asked) show(...found);
      } catch { close(); }
    }, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : (chosen < 0 ? list.children.length : chosen) - 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && list.children[chosen]) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.address);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) location.assign(item.dataset.address);
  });
  input.addEventListener("blur", close);
}
