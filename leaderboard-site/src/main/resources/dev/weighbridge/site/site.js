"use strict";
// Sorts and filters the leaderboard, and keeps both in the part of the address after '#', so that a view can be linked to.
// Variants that are not valid are never ranked: they can be filtered, but stay below in their own order.
(function () {
  const table = document.getElementById("leaderboard");
  const text = document.getElementById("filter-text");
  const facets = Array.from(document.querySelectorAll("select[data-facet]"));
  const heads = Array.from(table.tHead.rows[0].cells);
  const ranked = table.querySelector("tbody.ranked");
  const original = Array.from(ranked.rows);
  const entries = Array.from(table.querySelectorAll("tbody > tr:not(.why)")).map(function (row) {
    const next = row.nextElementSibling;
    const why = next && next.classList.contains("why") ? next : null;
    return { row: row, why: why, words: (row.textContent + " " + (why ? why.textContent : "")).toLowerCase() };
  });
  const sorting = { column: -1, descending: false };

  function key(row, column) {
    const cell = row.cells[column];
    if (cell.classList.contains("none")) {
      return null;
    }
    return cell.dataset.sort === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.sort);
  }

  function compare(left, right) {
    if (typeof left === "number" && typeof right === "number") {
      return left - right;
    }
    return String(left).localeCompare(String(right), "en", { numeric: true });
  }

  function sort() {
    const rows = original.map(function (row, place) {
      return { row: row, key: sorting.column < 0 ? null : key(row, sorting.column), place: place };
    });
    rows.sort(function (a, b) {
      // What was not measured comes last whichever way the column is sorted.
      if (a.key === null || b.key === null) {
        return (a.key === null) - (b.key === null) || a.place - b.place;
      }
      const order = compare(a.key, b.key);
      return (sorting.descending ? -order : order) || a.place - b.place;
    });
    rows.forEach(function (entry) {
      ranked.appendChild(entry.row);
    });
    heads.forEach(function (head, column) {
      const order = sorting.descending ? "descending" : "ascending";
      head.setAttribute("aria-sort", column === sorting.column ? order : "none");
    });
  }

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    entries.forEach(function (entry) {
      const fits =
        words.every(function (word) { return entry.words.includes(word); }) &&
        facets.every(function (facet) {
          return facet.value === "" || entry.row.getAttribute("data-" + facet.dataset.facet) === facet.value;
        });
      entry.row.hidden = !fits;
      if (entry.why) {
        entry.why.hidden = !fits;
      }
      shown += fits ? 1 : 0;
    });
    document.getElementById("filter-count").textContent = shown + " of " + entries.length + " variants";
  }

  function remember() {
    const state = new URLSearchParams();
    if (text.value !== "") {
      state.set("text", text.value);
    }
    facets.forEach(function (facet) {
      if (facet.value !== "") {
        state.set(facet.dataset.facet, facet.value);
      }
    });
    if (sorting.column >= 0) {
      state.set("sort", (sorting.descending ? "-" : "") + heads[sorting.column].dataset.key);
    }
    const hash = state.toString();
    // The '#' alone stays when nothing is set: the address of the file itself may not be replaced on every browser.
    history.replaceState(null, "", "#" + hash);
  }

  function recall() {
    const state = new URLSearchParams(location.hash.slice(1));
    text.value = (state.get("text") || "").slice(0, text.maxLength);
    facets.forEach(function (facet) {
      const wanted = state.get(facet.dataset.facet) || "";
      const known = Array.from(facet.options).some(function (option) { return option.value === wanted; });
      facet.value = known ? wanted : "";
    });
    const wanted = state.get("sort") || "";
    sorting.descending = wanted.startsWith("-");
    sorting.column = heads.findIndex(function (head) {
      return head.dataset.key === (sorting.descending ? wanted.slice(1) : wanted);
    });
    sort();
    filter();
  }

  heads.forEach(function (head, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.append.apply(button, Array.from(head.childNodes));
    head.appendChild(button);
    button.addEventListener("click", function () {
      sorting.descending = sorting.column === column && !sorting.descending;
      sorting.column = column;
      sort();
      remember();
    });
  });
  text.addEventListener("input", function () { filter(); remember(); });
  facets.forEach(function (facet) {
    facet.addEventListener("change", function () { filter(); remember(); });
  });
  document.getElementById("filter-reset").addEventListener("click", function () {
    text.value = "";
    facets.forEach(function (facet) { facet.value = ""; });
    sorting.column = -1;
    sorting.descending = false;
    sort();
    filter();
    remember();
  });
  window.addEventListener("hashchange", recall);
  document.getElementById("filters").hidden = false;
  recall();
})();
