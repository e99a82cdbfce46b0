"use strict";
// Routes (#/, #/items?set=forget&right=npo&item=forget/00012-eval-003, #/tables) and the keys that work everywhere.
{
  const main = document.getElementById("main");

  function route() {
    const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
    const name = Object.hasOwn(page.views, path) ? path : "overview";
    const title = page.views[name](main, Object.fromEntries(new URLSearchParams(search ?? "")));
    document.title = `${title} · ${page.data.overview.title}`;
    for (const link of document.querySelectorAll("nav [data-view]")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    window.scrollTo(0, 0);
  }

  document.addEventListener("keydown", (event) => {
    const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      if (!document.getElementById("search")) location.hash = "#/items";
      setTimeout(() => document.getElementById("search")?.focus(), 60);
    } else if (event.key === "Escape" && typing) event.target.blur();
  });

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address after # is ours
    main.focus();
  });
  window.addEventListener("hashchange", route);
  history.scrollRestoration = "manual";
  route();
}
