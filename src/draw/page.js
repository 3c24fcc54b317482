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
  const resources = cards.filter((card) => !card.classList.contains("state")).length;
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

  const scale = () => Math.min(stage.clientWidth / view.width, stage.clientHeight / view.height) || 1;
  const show = () => {
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    // From afar names and findings alone can be told.
    svg.classList.toggle("far", scale() < 0.75);
  };
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
  // Moves the picture until these cards are in it, and no smaller than can be read if that is possible.
  const lookAt = (indices) => {
    const ends = indices.map((index) => {
      const at = cards[index].transform.baseVal.consolidate().matrix;
      const size = cards[index].querySelector(".face").getBBox();
      return [at.e, at.f, at.e + size.width, at.f + size.height];
    });
    const side = (pick, which) => pick(...ends.map((end) => end[which]));
    const [left, top, right, bottom] = [side(Math.min, 0), side(Math.min, 1), side(Math.max, 2), side(Math.max, 3)];
    const isSeen = left >= view.x && top >= view.y && right <= view.x + view.width && bottom <= view.y + view.height;
    if (!ends.length || (isSeen && scale() >= 0.7)) return;
    const width = Math.max(right - left + 60, Math.min(view.width, stage.clientWidth));
    const height = Math.max(bottom - top + 60, Math.min(view.height, stage.clientHeight));
    view = { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
    show();
  };

  // What is shown of a finding: its way through the picture, all else faded.
  const trace = (index) => {
    const found = data.findings[index];
    const hasWay = found !== undefined && found.cards.length > 0;
    svg.classList.toggle("traced", hasWay);
    cards.forEach((card, i) => card.classList.toggle("way", hasWay && found.cards.includes(i)));
    lines.forEach((line, i) => line.classList.toggle("way", hasWay && found.lines.includes(i)));
  };
  const traceKept = () => trace(kept && kept.kind === "finding" ? kept.index : undefined);
  const finding = (index, isWhole) => {
    const found = data.findings[index];
    const made = element("button", undefined, "finding " + found.severity);
    made.append(element("b", isWhole ? found.severity + " " + found.rule : found.rule), " " + found.message);
    if (isWhole) {
      if (found.when) made.append(element("p", "When " + found.when + "."));
      if (found.help) made.append(element("p", found.help));
      made.append(element("div", found.place, "place"));
    }
    made.addEventListener("pointerenter", () => trace(index));
    made.addEventListener("pointerleave", traceKept);
    made.addEventListener("click", () => keep("finding", index));
    return made;
  };
  const link = (name, target) => {
    const made = element("button", name, "name");
    made.addEventListener("click", target);
    return made;
  };
  const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const overview = () => {
    panel.replaceChildren(
      element("h2", `${counted(resources, "resource")}, ${counted(data.findings.length, "finding")}`),
      element("p", data.findings.length ? "Point at a card or a line, or choose a finding." : "Point at a card or a line."),
      ...data.findings.map((_, index) => finding(index, false)),
    );
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
    panel.replaceChildren(...parts, ...what.findings.map((index) => finding(index, true)));
  };
  const describeFinding = (index) => {
    const found = data.findings[index];
    const names = found.cards.map((card) => link(data.cards[card].name, () => keep("card", card)));
    panel.replaceChildren(link("All findings", letGo), finding(index, true), element("p", found.name), ...names);
  };
  const touch = (kind, index) => lines.forEach((line, i) =>
    line.classList.toggle("touched", kind === "card" && data.lines[i].ends.includes(index)));
  const point = (kind, index) => {
    if (kept) return;
    touch(kind, index);
    describe((kind === "card" ? data.cards : data.lines)[index]);
  };
  const mark = (isChosen) => {
    if (!kept || kept.kind === "finding") return;
    (kept.kind === "card" ? cards : lines)[kept.index].classList.toggle("chosen", isChosen);
  };
  const keep = (kind, index) => {
    mark(false);
    kept = { kind, index };
    mark(true);
    touch(kind, index);
    traceKept();
    if (kind === "finding") { describeFinding(index); lookAt(data.findings[index].cards); }
    else describe((kind === "card" ? data.cards : data.lines)[index]);
    panel.scrollTop = 0;
  };
  const letGo = () => {
    mark(false);
    kept = null;
    touch();
    trace();
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
      if (isFound[at]) { last = at; keep("card", at); lookAt([at]); return; }
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

  // A link may lead to a resource (#Orders), to the first finding of a rule (#SLP101), to what is searched for (#?orders),
  // or to the findings alone (#!).
  const follow = () => {
    const asked = decodeURIComponent(location.hash.slice(1));
    if (asked === "!") { onlyFindings.checked = true; filter(); return; }
    if (asked.startsWith("?")) { search.value = asked.slice(1); filter(); return; }
    const at = data.cards.findIndex((card) => card.name === asked);
    const found = data.findings.findIndex((one) => one.rule === asked);
    if (at >= 0) { keep("card", at); lookAt([at]); }
    else if (found >= 0) keep("finding", found);
  };
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", () => { if (!kept) fit(); });
  fit();
  overview();
  follow();
})();
