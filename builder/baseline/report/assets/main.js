"use strict";
// Routes: #/, #/items?set=forget&right=npo&item=forget/00012-eval-003, #/tables.
{
  const main = document.getElementById("main");

  function route() {
    const { view, search } = page.asked("overview");
    page.entitle(view, `${page.views[view](main, search)} · ${page.data.overview.title}`);
    window.scrollTo(0, 0);
  }

  page.start(route, "#/items");
}
