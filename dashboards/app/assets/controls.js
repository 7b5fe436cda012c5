// What Dash's own controls lack: a name for each slider and its number, roles that fit, and an answer to Enter.
(function () {
  const label = part => part.closest(".control")?.querySelector(".control-label")?.textContent;

  function name() {
    for (const part of document.querySelectorAll(".dash-slider-container [role=slider], .dash-slider-container input")) {
      const words = label(part);
      if (words && !part.hasAttribute("aria-label")) part.setAttribute("aria-label", words);
    }
    // Radio buttons are a group of radio buttons, and not a list box.
    for (const part of document.querySelectorAll(".answers[role=listbox]")) {
      part.setAttribute("role", "radiogroup");
      part.setAttribute("aria-label", "Your answer");
    }
    for (const part of document.querySelectorAll(".answers .dash-options-list-option")) {
      for (const key of ["role", "aria-selected"]) if (part.hasAttribute(key)) part.removeAttribute(key);
    }
  }

  // Dash gives a dropdown's place in the order of keys to a field that is hidden from readers: the button takes it back.
  const catchers = document.getElementsByClassName("dash-dropdown-focus-target");
  function reach() {
    for (const part of catchers) {
      if (part.tabIndex !== -1) part.tabIndex = -1;
      const button = part.nextElementSibling;
      if (button && button.tabIndex !== 0 && !button.disabled) button.tabIndex = 0;
    }
  }

  // A number that is typed counts once it is left; Enter leaves it.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.target.matches?.(".dash-range-slider-input")) return;
    event.target.blur();
    event.target.focus();
  });

  let waiting = false;
  new MutationObserver(function () {
    reach(); // at once, so that no key and no reader comes between
    if (waiting || !document.querySelector(".dash-slider-container, .answers")) return;
    waiting = true;
    setTimeout(() => { waiting = false; name(); }, 60);
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-selected", "tabindex"] });
})();
