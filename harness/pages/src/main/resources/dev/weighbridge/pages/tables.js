"use strict";
// Sorts tables by a column, with the mouse or the keyboard. Rows that are not valid are never ranked: they stay below as they are.
(function () {
  function key(row, column) {
    const cell = row.cells[column];
    const number = cell.dataset.sort;
    if (number !== undefined) {
      return Number(number);
    }
    return cell.classList.contains("none") ? null : cell.textContent.trim().toLowerCase();
  }

  function compare(left, right) {
    if (typeof left === "number" && typeof right === "number") {
      return left - right;
    }
    return String(left).localeCompare(String(right), "en", { numeric: true });
  }

  function sort(table, column, descending) {
    for (const body of table.querySelectorAll("tbody.ranked")) {
      const rows = Array.from(body.rows).map(function (row, place) {
        return { row: row, key: key(row, column), place: place };
      });
      rows.sort(function (a, b) {
        // What was not measured comes last whichever way the column is sorted.
        if (a.key === null || b.key === null) {
          return (a.key === null) - (b.key === null) || a.place - b.place;
        }
        const order = compare(a.key, b.key);
        return (descending ? -order : order) || a.place - b.place;
      });
      for (const entry of rows) {
        body.appendChild(entry.row);
      }
    }
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () {
        const descending = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) {
          other.setAttribute("aria-sort", "none");
        }
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sort(table, column, descending);
      });
    });
  }
})();
