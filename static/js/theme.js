/* Blocking and tiny: sets the theme before the first paint.
   The switch holds for this device; below it is the profile's choice, which pages without a profile remember. */
(function () {
  var root = document.documentElement;
  var media = window.matchMedia("(prefers-color-scheme: dark)");

  function read(key) {
    try { return localStorage.getItem(key); } catch (e) { return null; /* private mode */ }
  }
  function write(key, value) {
    try {
      if (value) { localStorage.setItem(key, value); } else { localStorage.removeItem(key); }
    } catch (e) { /* private mode */ }
  }
  function apply() {
    var chosen = read("theme") || root.dataset.theme || read("theme-of-profile");
    var dark = chosen === "dark" || (chosen !== "light" && media.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  }
  function tell() { document.dispatchEvent(new CustomEvent("themechange")); }

  if (root.dataset.theme) { write("theme-of-profile", root.dataset.theme); }
  apply();
  media.addEventListener("change", apply);
  /* Paper is white; charts take their colours anew. */
  window.addEventListener("beforeprint", function () { root.setAttribute("data-bs-theme", "light"); tell(); });
  window.addEventListener("afterprint", function () { apply(); tell(); });
  window.appTheme = {
    toggle: function () {
      write("theme", root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
      apply();
      tell();
    },
    forget: function () { write("theme", null); }
  };
})();
