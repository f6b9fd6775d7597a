/* Set-up: guesses the time zone from the browser, and suggests a short name while the name is written. */
(function () {
  var form = document.querySelector("[data-setup]");
  var zone = form.elements.zone;
  var name = form.elements.name;
  var slug = form.elements.slug;
  var touched = slug.value !== "";
  if (!zone.value) { zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; }
  slug.addEventListener("input", function () { touched = true; });
  name.addEventListener("input", function () {
    if (touched) { return; }
    slug.value = name.value.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 50);
  });
})();
