// The page /sparql with scripts: queries run in place and can be stopped, answers have tabs, and where YASQE is there
// the text area completes names. The server renders every answer; nothing here turns data into markup, and nothing is
// asked of any other host.
(() => {
  "use strict";
  const form = document.getElementById("ask");
  const area = document.getElementById("query");
  const answer = document.getElementById("answer");
  if (!form || !area || !answer || !window.fetch) return;
  let editor = null;
  let shown = location.search;

  // ---- the editor ------------------------------------------------------------------------------------------------
  const prefixed = (name, prefixes) => {
    if (name.startsWith("<")) return name.slice(1, -1);
    const at = name.indexOf(":");
    return (prefixes[name.slice(0, at)] || "") + name.slice(at + 1);
  };
  let names = null;
  const known = () => (names ||= fetch(form.dataset.completion).then((got) => got.json()));
  const completer = (kind) => async (_yasqe, token) => {
    const found = await known();
    const typed = ((token && token.autocompletionString) || "").toLowerCase();
    const iris = Object.entries(found[kind]).map(([name, row]) => [prefixed(name, found.prefixes), row.label || ""]);
    const bare = typed.includes(":") ? null : typed;
    return iris
      .filter(([iri, label]) => iri.toLowerCase().startsWith(typed) || (bare && label.toLowerCase().includes(bare)))
      .map(([iri]) => iri)
      .sort();
  };
  const upgrade = () => {
    const Yasqe = window.Yasqe;
    if (!Yasqe || !Yasqe.Autocompleters) return;
    // The stock completers ask lov.linkeddata.es and prefix.cc what is typed here.
    Yasqe.defaults.autocompleters = ["variables"];
    Yasqe.forkAutocompleter("prefixes", {
      name: "own-prefixes",
      persistenceId: null,
      get: async () => Object.entries((await known()).prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
    });
    Yasqe.forkAutocompleter("class", { name: "own-classes", bulk: false, persistenceId: null, get: completer("classes") });
    Yasqe.forkAutocompleter("property", { name: "own-properties", bulk: false, persistenceId: null, get: completer("properties") });
    const host = document.createElement("div");
    area.before(host);
    const made = new Yasqe(host, {
      value: area.value,
      persistenceId: null,
      createShareableLink: null,
      consumeShareLink: null,
      showQueryButton: false,
      resizeable: false,
      prefixCcApi: null,
      viewportMargin: Infinity,
      lineWrapping: true,
      extraKeys: {
        "Ctrl-Enter": () => run(),
        "Cmd-Enter": () => run(),
        "Ctrl-Space": (yasqe) => yasqe.autocomplete(),
        Tab: false,
        "Shift-Tab": false,
      },
    });
    made.setSize(null, "auto");
    editor = made;
    area.hidden = true;
    area.required = false;
    const field = editor.getInputField();
    field.id = "query-editor";
    field.setAttribute("aria-label", "Query");
    const label = form.querySelector("label[for=query]");
    if (label) label.htmlFor = field.id;
    editor.on("change", () => { area.value = editor.getValue(); });
  };

  const point = () => {
    // the place of an error, told by the server
    const line = Number(area.dataset.line || 0) - 1;
    const column = Math.max(0, Number(area.dataset.column || 1) - 1);
    if (line < 0) return;
    if (editor) {
      editor.setCursor({ line, ch: column });
      editor.focus();
      return;
    }
    const lines = area.value.split("\n");
    const at = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + column;
    area.focus();
    area.setSelectionRange(at, at + 1);
  };

  // ---- tabs ------------------------------------------------------------------------------------------------------
  const tabs = (root) => {
    const panels = [...root.querySelectorAll("[data-tab]")];
    if (panels.length < 2) {
      panels.forEach((panel) => { if (panel.tagName === "DETAILS") panel.open = false; });
      return;
    }
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Views of the answer");
    const buttons = panels.map((panel, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.id = `tab-${number}`;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", `panel-${number}`);
      button.textContent = panel.dataset.tab;
      panel.id = `panel-${number}`;
      panel.classList.add("tabbed");
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      if (panel.tagName === "DETAILS") panel.open = true;
      list.append(button);
      return button;
    });
    const show = (chosen) => buttons.forEach((button, number) => {
      button.setAttribute("aria-selected", String(number === chosen));
      button.tabIndex = number === chosen ? 0 : -1;
      panels[number].hidden = number !== chosen;
    });
    buttons.forEach((button, number) => {
      button.addEventListener("click", () => show(number));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (number + step + buttons.length) % buttons.length;
        show(next);
        buttons[next].focus();
      });
    });
    panels[0].before(list);
    show(0);
  };

  // ---- running ---------------------------------------------------------------------------------------------------
  let current = null;
  const token = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  const waiting = (started) => {
    const box = document.createElement("p");
    box.className = "running";
    const words = document.createElement("span");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = "Cancel";
    button.addEventListener("click", () => stop());
    const tell = () => { words.textContent = `Running, ${Math.round((Date.now() - started) / 1000)} s …`; };
    tell();
    box.append(words, button);
    answer.replaceChildren(box);
    return setInterval(tell, 1000);
  };

  const stop = () => {
    if (!current) return;
    fetch(form.dataset.queries + current.id, { method: "DELETE" }).catch(() => {});
    // Where the server does not say in a moment that the query is stopped, hanging up stops it too.
    const aborted = current;
    setTimeout(() => aborted.controller.abort(), 2000);
  };

  const failed = (words) => {
    const box = document.createElement("section");
    box.className = "notice";
    box.setAttribute("role", "alert");
    box.textContent = words;
    answer.replaceChildren(box);
  };

  const run = async () => {
    const fields = new URLSearchParams([...new FormData(form)].filter(([name]) => !["rows", "skip"].includes(name)));
    if (!fields.get("query").trim()) return;
    if (current) current.controller.abort();
    const mine = { id: token(), controller: new AbortController() };
    current = mine;
    const address = `${form.action}?${fields}`;
    const body = new URLSearchParams(fields);
    body.set("query-id", mine.id);
    const timer = waiting(Date.now());
    try {
      const got = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "text/html" }, signal: mine.controller.signal,
      });
      const page = new DOMParser().parseFromString(await got.text(), "text/html");
      const found = page.getElementById("answer");
      if (current !== mine) return;
      if (!found) {
        failed(`The server answered ${got.status}.`);
        return;
      }
      const theirs = page.getElementById("query");
      for (const name of ["line", "column"]) {
        if (theirs && theirs.dataset[name]) area.dataset[name] = theirs.dataset[name];
        else delete area.dataset[name];
      }
      answer.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
      tabs(answer);
      point();
      if (address.length <= 4000) {
        history.pushState(null, "", address);
        shown = location.search;
      }
    } catch (error) {
      if (current === mine) failed(error.name === "AbortError" ? "The query was stopped." : "The server could not be reached, or broke its answer off.");
    } finally {
      clearInterval(timer);
      if (current === mine) current = null;
    }
  };

  form.addEventListener("submit", (event) => {
    // The permalink's button has an address of its own and leaves the page.
    if (event.submitter && event.submitter.hasAttribute("formaction")) return;
    event.preventDefault();
    run();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
  // Back and forth through queries; a jump within the page, which says popstate too, must not lose what was typed.
  window.addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });

  document.documentElement.classList.add("js");
  try {
    upgrade();
  } catch (error) {
    // The text area does as well.
    console.warn(error);
  }
  tabs(answer);
  point();
})();
