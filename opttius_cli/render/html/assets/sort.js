"use strict";
// Tables are sorted by their headers. A cell that is no text keeps its plain value in data-v; empty cells stay last.
(() => {
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const key = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.v ?? cell.textContent.trim();
  };
  const isEmpty = (cell) => cell.classList.contains("empty");
  const sort = (table, header, place) => {
    const turned = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const numeric = header.dataset.sort === "number";
    const compare = numeric ? (a, b) => Number(a) - Number(b) : (a, b) => words.compare(a, b);
    const body = table.tBodies[0];
    // The last row may be about all the others: it stays last.
    const total = table.classList.contains("totalled") ? [...body.rows].find((row) => row.classList.contains("total")) : null;
    const rows = [...body.rows].filter((row) => row !== total).map((row, at) => ({ row, at, last: isEmpty(row.cells[place]), key: key(row, place) }));
    rows.sort((a, b) => a.last - b.last || (a.last ? 0 : turned * compare(a.key, b.key)) || a.at - b.at);
    body.append(...rows.map((one) => one.row), ...(total ? [total] : []));
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", turned === 1 ? "ascending" : "descending");
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    if (table.classList.contains("totalled")) table.tBodies[0].lastElementChild.classList.add("total");
    [...table.tHead.rows[0].cells].forEach((header, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header, place));
      header.append(button);
      header.setAttribute("aria-sort", "none");
    });
  }
})();
