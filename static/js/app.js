/* Small behaviours shared by all pages. */
(function () {
  document.querySelectorAll("[data-theme-toggle]").forEach(function (button) {
    button.addEventListener("click", function () { window.appTheme.toggle(); });
  });

  /* A choice saved in the profile is newer than what this device was switched to. */
  document.querySelectorAll("[data-theme-form]").forEach(function (form) {
    form.addEventListener("submit", function () { window.appTheme.forget(); });
  });
})();
