"use strict";
// Draws the tree with d3-hierarchy (Reingold-Tilford), moves and zooms it with d3-zoom. What cells hold goes into the
// page as text only. The state is in the address behind #, so that a view can be kept as a bookmark.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const rows = data.rows, WIDTH = 218, ACROSS = 272, ROOM = 10;
  const byId = (id) => document.getElementById(id);
  const control = { q: byId("q"), unit: byId("unit"), person: byId("person"), light: byId("light") };
  const children = rows.map(() => []);
  const tops = [];
  rows.forEach((row, i) => (row.p < 0 ? tops : children[row.p]).push(i));
  const height = (row) => 16 + 15 * row.n.length + 14 * [row.h, row.f, row.e, row.c].filter(Boolean).length;
  const text = rows.map((row) => [row.t, row.h, row.w, row.k, row.f].join(" ").toLowerCase());
  let folded = new Set(), found = [], at = -1, tab = "tree";

  const options = (select, named) => {
    for (const [key, name] of named) {
      const option = document.createElement("option");
      option.value = key;
      option.textContent = name;
      select.append(option);
    }
  };
  options(control.unit, data.units);
  options(control.person, data.people);
  options(control.light, data.lights);
  if (data.notes.length) { byId("notes").textContent = data.notes.join(" "); byId("notes").hidden = false; }

  const foldFrom = (depth) => {
    folded = new Set();
    const visit = (i, level) => {
      if (children[i].length && (level >= depth || rows[i].g)) folded.add(i);
      children[i].forEach((child) => visit(child, level + 1));
    };
    tops.forEach((i) => visit(i, 0));
  };
  foldFrom(rows.length > 80 ? 1 : 99);

  // A unit holds those below it too.
  const lies = (unit, asked) => unit === asked || (data.above[unit] || []).includes(asked);

  // What is asked for; null where nothing is: all rows are shown then, as they are folded.
  const wanted = () => {
    const words = control.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const { unit, person, light } = Object.fromEntries(Object.entries(control).map(([k, c]) => [k, c.value]));
    if (!words.length && !unit && !person && !light) return null;
    const asked = light === "none" ? "" : light;
    return (row, i) => !row.g && words.every((word) => text[i].includes(word)) && (!unit || lies(row.u, unit))
      && (!person || row.w === person) && (!light || row.l === asked);
  };

  const tree = d3.select("#tree svg"), canvas = tree.append("g");
  const zoom = d3.zoom().scaleExtent([0.05, 3]).on("zoom", (event) => canvas.attr("transform", event.transform));
  tree.call(zoom).on("dblclick.zoom", null);
  const sign = { green: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0", amber: "M0-5.4l5.5 9.6h-11z", red: "M-4.3-4.3h8.6v8.6h-8.6z" };

  const draw = () => {
    const matches = wanted();
    const kept = new Set();
    found = [];
    if (matches) rows.forEach((row, i) => {
      if (!matches(row, i)) return;
      found.push(i);
      for (let up = i; up >= 0 && !kept.has(up); up = rows[up].p) kept.add(up);
    });
    const hits = new Set(found);
    const below = (i) => matches ? children[i].filter((child) => kept.has(child)) : folded.has(i) ? [] : children[i];
    const root = d3.hierarchy(-1, (i) => i < 0 ? tops.filter((top) => !matches || kept.has(top)) : below(i));
    const layout = d3.tree().nodeSize([1, ACROSS]).separation((a, b) => {
      const half = (each) => (each.data < 0 ? 0 : height(rows[each.data]) / 2);
      return half(a) + half(b) + (a.parent === b.parent ? ROOM : 2 * ROOM);
    });
    layout(root);
    const nodes = root.descendants().filter((each) => each.data >= 0);
    const place = (each) => `translate(${each.y - ACROSS},${each.x - height(rows[each.data]) / 2})`;
    canvas.selectAll("*").remove();
    canvas.selectAll("path.link").data(nodes.filter((each) => each.parent.data >= 0)).join("path")
      .attr("class", (each) => "link" + (rows[each.data].s ? "" : " loose"))
      .attr("d", (each) => {
        const x1 = each.parent.y - ACROSS + WIDTH, x2 = each.y - ACROSS, middle = x2 - (ACROSS - WIDTH) / 2;
        return `M${x1} ${each.parent.x}H${middle}V${each.x}H${x2}`;
      });
    const box = canvas.selectAll("g.node").data(nodes).join("g")
      .attr("class", (each) => {
        const row = rows[each.data];
        return ["node", row.k2, row.a && "again", row.g && "group", matches && !hits.has(each.data) && "passed",
          matches && hits.has(each.data) && "found"].filter(Boolean).join(" ");
      })
      .attr("data-row", (each) => each.data).attr("transform", place);
    box.append("title").text((each) => { const r = rows[each.data]; return [r.t, r.h, r.f, r.e].filter(Boolean).join(" | "); });
    box.append("rect").attr("class", "box").attr("width", WIDTH).attr("height", (each) => height(rows[each.data])).attr("rx", 5);
    box.each(function (each) {
      const row = rows[each.data], g = d3.select(this);
      if (!row.g) g.append("path").attr("transform", "translate(13,16)").attr("d", sign[row.l] || sign.green)
        .attr("fill", row.l ? data.colours[row.l] : "#fff").attr("stroke", row.l ? "none" : data.colours[""]);
      let y = 8;
      for (const line of row.n) { g.append("text").attr("class", "name").attr("x", row.g ? 8 : 24).attr("y", y + 12).text(line); y += 15; }
      for (const [line, kind] of [[row.h, "muted"], [row.f, ""], [row.e, "muted"], [row.c, "muted"]]) {
        if (line) { g.append("text").attr("class", kind).attr("x", 8).attr("y", y + 11).text(line); y += 14; }
      }
    });
    const fold = box.filter((each) => children[each.data].length > 0 && !matches).append("g").attr("class", "fold")
      .attr("tabindex", 0).attr("role", "button").attr("aria-expanded", (each) => !folded.has(each.data))
      .attr("transform", (each) => `translate(${WIDTH},${height(rows[each.data]) / 2})`)
      .on("click", (event, each) => toggle(each.data))
      .on("keydown", (event, each) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(each.data); } });
    fold.append("circle").attr("r", 10);
    fold.append("text").attr("y", 4).text((each) => folded.has(each.data) ? children[each.data].length : "−");
    paintMap(matches);
    const all = rows.filter((row) => !row.g).length;
    byId("told").textContent = matches ? `${data.words.found} ${found.length} / ${all}` : `${data.words.all} ${all}`;
    at = -1;
  };
  const toggle = (i) => { folded.has(i) ? folded.delete(i) : folded.add(i); draw(); };

  const paintMap = (matches) => {
    const words = control.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const unit = control.unit.value, light = control.light.value === "none" ? "" : control.light.value;
    const asks = words.length || unit || control.light.value;
    for (const each of document.querySelectorAll("#map .objective")) {
      const fits = words.every((word) => each.textContent.toLowerCase().includes(word)) && (!unit || lies(each.dataset.unit, unit))
        && (!control.light.value || each.dataset.light.split(" ").includes(light || "none"));
      each.classList.toggle("dimmed", Boolean(asks) && !fits);
      each.classList.toggle("found", Boolean(asks) && fits);
    }
  };

  const bounds = (svg) => { const r = svg.node().getBoundingClientRect(); return [r.width || 1200, r.height || 800]; };
  const fit = (svg, group, behaviour) => {
    const b = group.node().getBBox(), [w, h] = bounds(svg);
    if (!b.width || !b.height) return;
    const k = Math.max(0.05, Math.min(1.2, (w - 40) / b.width, (h - 40) / b.height));
    svg.call(behaviour.transform, d3.zoomIdentity.translate((w - b.width * k) / 2 - b.x * k, (h - b.height * k) / 2 - b.y * k).scale(k));
  };
  // At a size that can be read, from the top: all of a large tree would be too small.
  const start = () => {
    const b = canvas.node().getBBox(), [w] = bounds(tree);
    const k = Math.max(0.6, Math.min(1, (w - 40) / Math.max(b.width, 1)));
    tree.call(zoom.transform, d3.zoomIdentity.translate(20 - b.x * k, 20 - b.y * k).scale(k));
  };
  const show = (i) => {
    const [w, h] = bounds(tree), k = 1;
    const node = canvas.selectAll("g.node").filter((each) => each.data === i).datum();
    if (node) tree.call(zoom.transform, d3.zoomIdentity.translate(w / 2 - (node.y - ACROSS + WIDTH / 2) * k, h / 2 - node.x * k).scale(k));
  };

  const maps = d3.selectAll("#map svg.view").nodes().map((svg) => {
    const view = d3.select(svg), group = view.select("g.canvas");
    const behaviour = d3.zoom().scaleExtent([0.05, 3]).on("zoom", (event) => group.attr("transform", event.transform));
    view.call(behaviour).on("dblclick.zoom", null);
    return [view, group, behaviour];
  });
  let page = 0;
  const choose = (name) => {
    tab = name;
    byId("tree").hidden = tab !== "tree";
    byId("map").hidden = tab !== "map";
    for (const each of document.querySelectorAll("[data-tab]")) each.setAttribute("aria-pressed", each.dataset.tab === tab);
    if (tab === "map") turn(0);
  };
  const turn = (step) => {
    page = (page + step + maps.length) % Math.max(maps.length, 1);
    maps.forEach(([view], i) => { view.node().toggleAttribute("hidden", i !== page); });
    if (maps[page]) fit(...maps[page]);
    byId("turn").hidden = tab !== "map" || maps.length < 2;
    byId("which").textContent = `${page + 1}/${maps.length}`;
  };
  if (!maps.length) document.querySelector("[data-tab=map]").hidden = true;

  const remember = () => {
    const kept = new URLSearchParams();
    for (const [name, each] of Object.entries(control)) if (each.value) kept.set(name, each.value);
    history.replaceState(null, "", "#" + kept);
  };
  const recall = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const [name, each] of Object.entries(control)) each.value = kept.get(name) || "";
  };
  const inView = (i) => {
    const box = document.querySelector(`#tree [data-row="${i}"]`).getBoundingClientRect(), frame = tree.node().getBoundingClientRect();
    return box.top >= frame.top && box.bottom <= frame.bottom && box.left >= frame.left && box.right <= frame.right;
  };
  const look = () => { draw(); start(); if (found.length && !inView(found[0])) show(found[0]); };
  const ask = () => { look(); remember(); };
  for (const each of Object.values(control)) each.addEventListener("input", ask);
  byId("form").addEventListener("submit", (event) => event.preventDefault());
  control.q.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && found.length) { at = (at + 1) % found.length; show(found[at]); }
  });
  const scaled = (k) => {
    const [view, , behaviour] = tab === "tree" ? [tree, canvas, zoom] : maps[page];
    view.call(behaviour.scaleBy, k);
  };
  byId("in").addEventListener("click", () => scaled(1.3));
  byId("out").addEventListener("click", () => scaled(1 / 1.3));
  byId("fit").addEventListener("click", () => tab === "tree" ? fit(tree, canvas, zoom) : fit(...maps[page]));
  byId("unfold").addEventListener("click", () => { folded.clear(); draw(); start(); });
  byId("foldall").addEventListener("click", () => { foldFrom(0); draw(); start(); });
  byId("clear").addEventListener("click", () => { for (const each of Object.values(control)) each.value = ""; ask(); });
  byId("back").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  for (const each of document.querySelectorAll("[data-tab]")) each.addEventListener("click", () => choose(each.dataset.tab));
  window.addEventListener("hashchange", () => { recall(); ask(); });
  recall();
  choose(rows.length || !maps.length ? "tree" : "map");
  look();
})();
