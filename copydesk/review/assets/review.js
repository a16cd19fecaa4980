// Moves between spans, lights what belongs together, keeps verdicts in this browser and exports them.
// What documents say arrives as text and leaves as text: nothing here makes markup of it.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const told = (id) => { const at = document.getElementById(id); return at ? JSON.parse(at.textContent) : null; };
  const record = told("record");

  // ---- verdicts: one entry a record in the browser's storage, or in this page alone where there is none
  const memory = new Map();
  const store = {
    read(key) { try { return localStorage.getItem(key); } catch { return memory.get(key) ?? null; } },
    write(key, value) { try { localStorage.setItem(key, value); } catch { memory.set(key, value); } },
    drop(key) { try { localStorage.removeItem(key); } catch { memory.delete(key); } },
    keys() { try { return Object.keys(localStorage); } catch { return [...memory.keys()]; } },
  };
  const prefix = (build) => `copydesk:${build}:`;
  const listOf = (key) => { try { const found = JSON.parse(store.read(key) || "[]"); return Array.isArray(found) ? found : []; } catch { return []; } };
  const keysOf = (build) => store.keys().filter((key) => key.startsWith(prefix(build))).sort();
  const allOf = (build) => keysOf(build).flatMap(listOf);
  const count = () => all("[data-verdicts]").forEach((at) => { at.textContent = String(allOf(at.dataset.verdicts).length); });

  const save = (verdicts) => {
    const blob = new Blob([JSON.stringify({ copydesk: "verdicts", version: 1, verdicts }, null, 2) + "\n"], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "verdicts.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // ---- the article
  const marks = all(".m");
  const frame = document.querySelector("iframe");
  const output = document.querySelector(".bar output");
  const keys = document.querySelector("[data-keys]");
  const choice = document.querySelector("[data-belongs]");
  const own = record && record.id ? prefix(record.build) + record.id : null;
  const words = (mark) => (mark.querySelector("del") || mark).textContent;
  // A change of spelling parts a paragraph: a verdict on what is left of it is one on all of it, as it reads now.
  const whole = (mark) => {
    const parts = all(".m", mark.closest(".row"));
    if (mark.dataset.fate !== "kept" || parts.some((part) => !["kept", "changed", "dropped"].includes(part.dataset.fate))) return words(mark);
    return parts.map((part) => (part.dataset.fate === "kept" ? part.textContent : (part.querySelector("ins")?.textContent ?? ""))).join("");
  };
  const say = (text) => { if (output) output.textContent = text; };
  let current = -1;

  const describe = (mark) => {
    const { fate, rule, score, field, verdict, belongs } = mark.dataset;
    const said = verdict && `your verdict: ${verdict.replace("_", " ")}${belongs ? `, it belongs to ${belongs}` : ""}`;
    return [fate, rule, field, score && `score ${score}`, said].filter(Boolean).join(" · ");
  };
  const choose = (number, { scroll = true } = {}) => {
    if (!marks[number]) return;
    if (marks[current]) marks[current].classList.remove("on");
    current = number;
    const mark = marks[number];
    mark.classList.add("on");
    if (scroll) { mark.scrollIntoView({ block: "center" }); mark.focus({ preventScroll: true }); }
    history.replaceState(null, "", `#${mark.id}`);
    if (frame) frame.src = frame.src.split("#")[0] + "#s" + mark.id.slice(5);
    ask(false);
    light(mark.dataset.field);
    say(describe(mark));
  };
  const step = (by, wanted) => {
    for (let at = current + by; at >= 0 && at < marks.length; at += by) if (wanted(marks[at])) return choose(at);
    say(by > 0 ? "no further span" : "no earlier span");
  };
  const doubtful = (mark) => mark.dataset.strength === "doubt";
  const light = (field) => {
    all(".lit").forEach((at) => at.classList.remove("lit"));
    if (field) all("[data-field]").filter((at) => at.dataset.field === field || at.dataset.field === field.split("-")[0]).forEach((at) => at.classList.add("lit"));
  };
  const neighbour = (by) => {
    const here = marks[current].closest(".row");
    for (let at = current + by; marks[at]; at += by) if (marks[at].dataset.fate === "kept" && marks[at].closest(".row") !== here) return whole(marks[at]).trim().slice(0, 300);
    return "";
  };
  const show = () => {
    for (const each of listOf(own)) {
      const mark = document.getElementById(`span-${each.start}`);
      if (mark) Object.assign(mark.dataset, { verdict: each.verdict, belongs: each.belongs || "" });
    }
    count();
  };
  const ask = (wanted) => {
    if (!choice) return;
    choice.hidden = !wanted;
    if (!wanted) return;
    const list = choice.querySelector("select");
    list.value = marks[current].dataset.belongs || "";
    list.focus();
  };
  const judge = (verdict, belongs = "") => {
    const mark = marks[current];
    if (!mark) return say("choose a span first: n, j, or a click");
    const start = Number(mark.id.slice(5));
    const rest = listOf(own).filter((each) => each.start !== start);
    if (verdict) {
      const { fate, rule, field = "" } = mark.dataset;
      rest.push({ id: record.id, locator: record.locator, site: record.site, language: record.language, start, end: Number(mark.dataset.end), fate, rule, field, text: whole(mark), before: neighbour(-1), after: neighbour(1), verdict, belongs });
    }
    rest.sort((one, other) => one.start - other.start);
    if (rest.length) store.write(own, JSON.stringify(rest)); else store.drop(own);
    if (verdict) mark.dataset.verdict = verdict; else delete mark.dataset.verdict;
    mark.dataset.belongs = belongs;
    ask(verdict === "wrong_field");
    count();
    say(describe(mark));
  };
  const actions = {
    next: () => step(1, doubtful), previous: () => step(-1, doubtful), forward: () => step(1, () => true), back: () => step(-1, () => true),
    keep: () => judge("keep"), remove: () => judge("remove"), wrong_field: () => judge("wrong_field"), undo: () => judge(null),
    export: () => save(listOf(own)),
    "export-all": () => save(allOf(record.build)),
    "forget-all": () => { if (confirm("Forget all verdicts on this build?")) { keysOf(record.build).forEach(store.drop); count(); } },
  };
  const ofKeys = { n: "next", p: "previous", j: "forward", k: "back", y: "keep", x: "remove", f: "wrong_field", u: "undo" };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) return actions[button.dataset.do]();
    const mark = event.target.closest(".m");
    if (mark) choose(marks.indexOf(mark), { scroll: false });
  });
  if (choice) {
    const list = choice.querySelector("select");
    const back = () => marks[current].focus({ preventScroll: true });
    list.addEventListener("change", () => judge("wrong_field", list.value));
    list.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === "Escape") { event.preventDefault(); ask(false); back(); } });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (!own || typing || event.ctrlKey || event.metaKey || event.altKey || (keys && !keys.checked)) return;
    const action = ofKeys[event.key];
    if (action) { event.preventDefault(); actions[action](); }
  });
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => { const at = event.target.closest("[data-field]"); if (at) light(at.dataset.field); });
  }
  const follow = () => {
    const number = marks.findIndex((mark) => `#${mark.id}` === location.hash);
    if (number >= 0) choose(number);
  };
  if (own) {
    document.querySelector(".bar").hidden = false;
    if (keys) {
      keys.checked = store.read("copydesk:keys") !== "off";
      keys.addEventListener("change", () => store.write("copydesk:keys", keys.checked ? "on" : "off"));
    }
    show();
    follow();
    addEventListener("hashchange", follow);
  }
  count();

  // ---- lists: only rows that have some words
  all("[data-filter]").forEach((input) => input.addEventListener("input", () => {
    const wanted = input.value.toLocaleLowerCase();
    const rows = all("tbody tr", document.getElementById(input.dataset.filter));
    rows.forEach((row) => { row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted); });
    input.closest("p").querySelector("output").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  }));

  // ---- the dataset: a selection, counted, and the command that exports it
  const form = document.querySelector("[data-where]");
  const data = told("rows");
  if (form && data) {
    const quoted = (value) => `'${value.replaceAll("'", "''")}'`;
    const columns = { language: 0, page_kind: 1, completeness: 2, site: 5 };
    const expressions = { language: "language", page_kind: "page_kind", completeness: "completeness", site: "site" };
    const select = () => {
      const given = Object.fromEntries(new FormData(form));
      const tests = [], parts = [];
      for (const name of Object.keys(columns)) {
        if (!given[name]) continue;
        parts.push(`${expressions[name]} = ${quoted(given[name])}`);
        tests.push((row) => data.names[row[columns[name]]] === given[name]);
      }
      if (given.words) { parts.push(`words >= ${Number(given.words)}`); tests.push((row) => row[3] >= Number(given.words)); }
      if (given.from && form.elements.from.validity.valid) { parts.push(`published_at >= ${quoted(given.from)}`); tests.push((row) => row[4] && row[4] >= given.from); }
      if (given.to && form.elements.to.validity.valid) { parts.push(`published_at < ${quoted(given.to + "~")}`); tests.push((row) => row[4] && row[4] < given.to + "~"); }
      const found = data.rows.filter((row) => tests.every((test) => test(row))).length;
      document.querySelector("[data-count]").textContent = `${found.toLocaleString("en")} documents`;
      const condition = parts.join(" and ");
      document.querySelector("[data-command]").textContent = condition ? `copydesk export --where "${condition.replaceAll(/["$`\\]/g, "\\$&")}"` : "copydesk export";
    };
    form.addEventListener("input", select);
    form.addEventListener("submit", (event) => event.preventDefault());
    select();
  }
})();
