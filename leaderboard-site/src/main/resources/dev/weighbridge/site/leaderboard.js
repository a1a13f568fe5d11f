
// Filters the rows of the leaderboard and keeps filters and order in the address, so that a view can be linked to.
(function () {
  const facets = ["run", "engine", "precision", "batching", "status"];
  const search = document.getElementById("filter-q");
  const table = document.getElementById("leaderboard");
  const heads = Array.from(table.tHead.rows[0].cells);
  const rows = Array.from(table.querySelectorAll("tr[data-line]"));
  const shown = document.getElementById("shown");
  let restoring = false;

  function select(facet) {
    return document.getElementById("filter-" + facet);
  }

  function matches(row) {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (row.textContent + " " + facets.map((f) => row.dataset[f]).join(" ")).toLowerCase();
    return words.every((word) => text.includes(word))
      && facets.every((f) => select(f).value === "" || row.dataset[f] === select(f).value);
  }

  function filter() {
    let count = 0;
    for (const row of rows) {
      const visible = matches(row);
      row.hidden = !visible;
      count += visible ? 1 : 0;
      // The reasons of a row that is not valid follow it in a row of their own.
      const next = row.nextElementSibling;
      if (next !== null && next.classList.contains("why")) {
        next.hidden = !visible;
      }
    }
    shown.textContent = count + " of " + rows.length + " variants shown";
  }

  function remember() {
    if (restoring) {
      return;
    }
    const state = new URLSearchParams();
    if (search.value !== "") {
      state.set("q", search.value);
    }
    for (const f of facets) {
      if (select(f).value !== "") {
        state.set(f, select(f).value);
      }
    }
    const sorted = heads.findIndex((head) => head.getAttribute("aria-sort") !== "none");
    if (sorted >= 0) {
      state.set("sort", String(sorted));
      state.set("order", heads[sorted].getAttribute("aria-sort"));
    }
    const text = "#" + state.toString();
    if (text !== (location.hash || "#")) {
      location.replace(text);
    }
  }

  function restore() {
    restoring = true;
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") || "";
    for (const f of facets) {
      const wanted = state.get(f) || "";
      const known = Array.from(select(f).options).some((option) => option.value === wanted);
      select(f).value = known ? wanted : "";
    }
    const head = heads[Number(state.get("sort") || "-1")];
    const order = state.get("order");
    if (head !== undefined && (order === "ascending" || order === "descending")) {
      for (let clicks = 0; clicks < 2 && head.getAttribute("aria-sort") !== order; clicks++) {
        head.querySelector("button").click();
      }
    }
    filter();
    restoring = false;
  }

  function download() {
    const csv = JSON.parse(document.getElementById("csv").textContent);
    const lines = Array.from(table.querySelectorAll("tr[data-line]"))
      .filter((row) => !row.hidden)
      .map((row) => csv.lines[Number(row.dataset.line)]);
    const blob = new Blob([[csv.header].concat(lines).join("\n") + "\n"], { type: "text/csv" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "leaderboard-shown.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function changed() {
    filter();
    remember();
  }

  search.addEventListener("input", changed);
  facets.forEach((f) => select(f).addEventListener("change", changed));
  heads.forEach((head) => head.querySelector("button").addEventListener("click", remember));
  document.getElementById("download").addEventListener("click", download);
  document.getElementById("reset").addEventListener("click", function () {
    search.value = "";
    facets.forEach((f) => { select(f).value = ""; });
    changed();
  });
  window.addEventListener("hashchange", restore);
  restore();
})();
