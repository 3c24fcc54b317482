"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.getElementById("drawing");
  const stage = document.getElementById("stage");
  const panel = document.getElementById("panel");
  const search = document.getElementById("search");
  const onlyFindings = document.getElementById("only-findings");
  const cards = data.cards.map((_, i) => document.getElementById("v" + i));
  const lines = data.lines.map((_, i) => document.getElementById("e" + i));
  const whole = svg.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...all };
  let kept = null;

  // Every text of a template gets into the page as text.
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const show = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const scale = () => Math.min(stage.clientWidth / view.width, stage.clientHeight / view.height) || 1;
  const fit = () => {
    // No larger than life: five cards need not fill a wall.
    const most = 1.25;
    const width = Math.max(all.width, stage.clientWidth / most);
    const height = Math.max(all.height, stage.clientHeight / most);
    view = { x: all.x - (width - all.width) / 2, y: all.y - (height - all.height) / 2, width, height };
    show();
  };
  const zoom = (factor, x = view.x + view.width / 2, y = view.y + view.height / 2) => {
    const now = scale();
    const wanted = Math.min(Math.max(now * factor, 0.02), 5) / now;
    view = {
      x: x - (x - view.x) / wanted, y: y - (y - view.y) / wanted,
      width: view.width / wanted, height: view.height / wanted,
    };
    show();
  };
  const lookAt = (index) => {
    const box = cards[index].transform.baseVal.consolidate().matrix;
    const size = cards[index].querySelector(".face").getBBox();
    const width = Math.min(view.width, Math.max(stage.clientWidth, 300));
    const height = Math.min(view.height, Math.max(stage.clientHeight, 200));
    view = { x: box.e + size.width / 2 - width / 2, y: box.f + size.height / 2 - height / 2, width, height };
    show();
  };

  const finding = (index) => {
    const found = data.findings[index];
    const made = element("div", undefined, "finding " + found.severity);
    made.append(element("b", found.severity + " " + found.rule), " " + found.message);
    if (found.when) made.append(element("p", "When " + found.when + "."));
    if (found.help) made.append(element("p", found.help));
    made.append(element("div", found.place, "place"));
    return made;
  };
  const overview = () => {
    const counts = { error: 0, warning: 0, info: 0 };
    data.findings.forEach((found) => { counts[found.severity] += 1; });
    panel.replaceChildren(
      element("h2", `${data.cards.length} resources, ${data.findings.length} findings`),
      element("p", data.findings.length ? "Point at a card or a line, or choose a finding." : "Point at a card or a line."),
    );
    data.findings.forEach((found, index) => {
      const at = data.cards.findIndex((card) => card.findings.includes(index));
      const on = data.lines.findIndex((line) => line.findings.includes(index));
      const made = element("button", undefined, "finding " + found.severity);
      made.append(element("b", found.rule), " " + found.message);
      made.addEventListener("click", () => {
        if (at >= 0) { keep("card", at); lookAt(at); }
        else if (on >= 0) { keep("line", on); lookAt(data.lines[on].ends[0]); }
      });
      panel.append(made);
    });
  };
  const describe = (what) => {
    const parts = [element("h3", what.name), element("p", what.kind), element("div", what.place, "place")];
    if (what.facts.length) {
      const list = element("dl");
      what.facts.forEach(([name, value, isDefault]) => {
        const told = element("dd", value);
        if (isDefault) told.append(" ", element("i", "(default)"));
        list.append(element("dt", name), told);
      });
      parts.push(list);
    }
    panel.replaceChildren(...parts, ...what.findings.map(finding));
  };
  const of = (kind, index) => (kind === "card" ? data.cards : data.lines)[index];
  const point = (kind, index) => { if (!kept) describe(of(kind, index)); };
  const keep = (kind, index) => {
    letGo();
    kept = { kind, index };
    (kind === "card" ? cards : lines)[index].classList.add("chosen");
    describe(of(kind, index));
    panel.scrollTop = 0;
  };
  const letGo = () => {
    if (kept) (kept.kind === "card" ? cards : lines)[kept.index].classList.remove("chosen");
    kept = null;
    overview();
  };

  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    const strokes = new Map([...document.querySelectorAll(".stroke")].map((box) => [box.value, box.checked]));
    const matches = (card) => (card.name + " " + card.kind).toLowerCase().includes(wanted);
    const isFound = data.cards.map((card) => wanted !== "" && matches(card));
    const hasFindings = data.cards.map((card, i) =>
      card.findings.length > 0 || data.lines.some((line) => line.findings.length > 0 && line.ends.includes(i)));
    const isFaint = (i) => (wanted !== "" && !isFound[i]) || (onlyFindings.checked && !hasFindings[i]);
    cards.forEach((card, i) => card.classList.toggle("faint", isFaint(i)));
    lines.forEach((line, i) => {
      const stroke = [...strokes.keys()].find((name) => line.classList.contains(name));
      line.classList.toggle("gone", stroke !== undefined && !strokes.get(stroke));
      const ends = data.lines[i].ends;
      const faint = onlyFindings.checked ? data.lines[i].findings.length === 0 : ends.every(isFaint);
      line.classList.toggle("faint", faint || (wanted !== "" && ends.every(isFaint)));
    });
    const count = isFound.filter(Boolean).length;
    document.getElementById("matches").textContent = wanted === "" ? "" : `${count} found`;
    return isFound;
  };
  let last = -1;
  const next = () => {
    const isFound = filter();
    for (let step = 1; step <= isFound.length; step += 1) {
      const at = (last + step) % isFound.length;
      if (isFound[at]) { last = at; keep("card", at); lookAt(at); return; }
    }
  };

  cards.forEach((card, index) => {
    card.setAttribute("tabindex", "0");
    card.setAttribute("role", "button");
    card.setAttribute("aria-label", card.querySelector("title").textContent);
    card.addEventListener("pointerenter", () => point("card", index));
    card.addEventListener("focus", () => point("card", index));
    card.addEventListener("click", () => keep("card", index));
    card.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { keep("card", index); event.preventDefault(); }
    });
  });
  lines.forEach((line, index) => {
    line.addEventListener("pointerenter", () => point("line", index));
    line.addEventListener("click", () => keep("line", index));
  });
  svg.setAttribute("role", "group");
  svg.addEventListener("click", (event) => { if (!event.target.closest(".card,.line")) letGo(); });

  const inDrawing = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [at.x, at.y];
  };
  stage.addEventListener("wheel", (event) => {
    zoom(Math.exp(-event.deltaY * 0.0015), ...inDrawing(event));
    event.preventDefault();
  }, { passive: false });
  let drag = null;
  stage.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, y: event.clientY }; });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const by = scale();
    view.x -= (event.clientX - drag.x) / by;
    view.y -= (event.clientY - drag.y) / by;
    drag = { x: event.clientX, y: event.clientY };
    stage.classList.add("dragged");
    show();
  });
  window.addEventListener("pointerup", () => { drag = null; stage.classList.remove("dragged"); });
  document.getElementById("in").addEventListener("click", () => zoom(1.3));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("fit").addEventListener("click", fit);
  search.addEventListener("input", () => { last = -1; filter(); });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") next(); });
  onlyFindings.addEventListener("change", filter);
  document.querySelectorAll(".stroke").forEach((box) => box.addEventListener("change", filter));
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; search.blur(); filter(); letGo(); return; }
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = [view.width / 8, view.height / 8];
    const keys = {
      "/": () => search.focus(), "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), "0": fit,
      ArrowLeft: () => { view.x -= far[0]; show(); }, ArrowRight: () => { view.x += far[0]; show(); },
      ArrowUp: () => { view.y -= far[1]; show(); }, ArrowDown: () => { view.y += far[1]; show(); },
    };
    if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });

  // A link may lead to a resource (#Orders), to what is searched for (#?orders), or to the findings alone (#!).
  const follow = () => {
    const asked = decodeURIComponent(location.hash.slice(1));
    if (asked === "!") { onlyFindings.checked = true; filter(); return; }
    if (asked.startsWith("?")) { search.value = asked.slice(1); filter(); return; }
    const at = data.cards.findIndex((card) => card.name === asked);
    if (at >= 0) { keep("card", at); lookAt(at); }
  };
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", () => { if (!kept) fit(); });
  fit();
  overview();
  follow();
})();
