// Names and stops that a reader without a mouse or without eyes needs, and the theme does not give.
const name = () => {
  document.querySelector(".md-search")?.setAttribute("aria-label", document.querySelector(".md-search__input")?.placeholder ?? "Search");
  for (const one of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code, .md-sidebar__scrollwrap")) one.tabIndex = 0;
  for (const head of document.querySelectorAll("th:empty")) head.replaceWith(document.createElement("td"));
};
name();
// The theme wraps tables when it has started.
setTimeout(name, 100);
