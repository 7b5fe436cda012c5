// The theme, kept in the browser; and the state of the engine, until it is compiled.
(function () {
  const root = document.documentElement;

  function tell() {
    const button = document.getElementById("theme-button");
    if (button) button.textContent = root.dataset.theme === "dark" ? "Light" : "Dark";
    if (window.dash_clientside && window.dash_clientside.set_props && document.getElementById("theme-button"))
      window.dash_clientside.set_props("theme", { data: root.dataset.theme });
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("#theme-button")) return;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (e) { /* kept for this visit only */ }
    tell();
  });

  let wasReady = true;
  function engine() {
    fetch("/api/engine").then(r => r.json()).then(({ state }) => {
      const pill = document.getElementById("engine");
      if (pill) pill.textContent = state === "ready" ? "" : state === "compiling"
        ? "Compiling the engine; until then runs are interpreted, same numbers" : "Engine: " + state;
      if (state === "compiling") { wasReady = false; setTimeout(engine, 1500); }
      else if (!wasReady) document.dispatchEvent(new CustomEvent("engineready"));
    }).catch(() => setTimeout(engine, 5000));
  }

  // Dash draws the page after this script has run: wait for the heading, and for a page that draws itself whenever it is shown.
  let headed = false;
  const drawn = { "live-root": null, "question-root": null, "sequence-root": null, "own-root": null };
  const seen = new MutationObserver(function () {
    if (!headed && document.getElementById("theme-button")) { headed = true; tell(); engine(); }
    for (const name in drawn) {
      const found = document.getElementById(name), before = drawn[name];
      drawn[name] = found;
      if (found && found !== before) import(`/assets/${name.split("-")[0]}/main.mjs`).then(module => module.mount(found));
    }
  });
  seen.observe(document.documentElement, { childList: true, subtree: true });
})();
