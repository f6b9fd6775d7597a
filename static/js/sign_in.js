/* The demo's sign-ins fill in the form. */
(function () {
  var form = document.querySelector("[data-sign-in]");
  var picks = document.querySelectorAll("[data-email]");
  picks.forEach(function (pick) {
    pick.addEventListener("click", function () {
      form.elements.login.value = pick.dataset.email;
      form.elements.password.value = pick.dataset.password;
      picks.forEach(function (other) { other.setAttribute("aria-pressed", other === pick ? "true" : "false"); });
      form.querySelector("[type=submit]").focus();
    });
  });
})();
