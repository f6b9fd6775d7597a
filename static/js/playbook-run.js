/* A run of a playbook: Enter does the single way on, the words are copied, one click is one move, and what somebody
   else has moved does not take away what is being typed. Everything works without it. */
(function () {
  var OWN = "a, button, summary, input, select, textarea, [contenteditable]";
  function panel() { return document.querySelector("[data-run]"); }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) { return; }
    if (event.target.closest(OWN) || document.querySelector("dialog[open]")) { return; }
    var next = document.querySelector("[data-run-enter]");
    if (next && next.getClientRects().length) { event.preventDefault(); next.click(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-run-once]")) { return; }
    if (form.dataset.sent === "yes") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = "yes";
    setTimeout(function () { form.dataset.sent = ""; }, 4000);
  }, true);

  /* ---------- The words to say ---------- */
  function ready() {
    document.querySelectorAll("[data-copy-say][hidden]").forEach(function (button) { button.hidden = false; });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy-say]");
    if (!button) { return; }
    var source = document.getElementById(button.dataset.copySay);
    var said = button.querySelector("span");
    var before = button.dataset.before || said.textContent;
    button.dataset.before = before;
    function say(words) {
      said.textContent = words;
      setTimeout(function () { said.textContent = before; }, 2500);
    }
    function select() { window.getSelection().selectAllChildren(source); say(button.dataset.selected); }
    if (!navigator.clipboard) { select(); return; }
    navigator.clipboard.writeText(source.innerText.trim()).then(function () { say(button.dataset.copied); }, select);
  });

  /* ---------- Two people on one run ---------- */
  document.addEventListener("htmx:before:request", function (event) {
    var asked = event.target;
    if (!asked.matches || !asked.matches("[data-run-poll]")) { return; }
    var typing = Array.prototype.some.call(asked.closest("[data-run]").querySelectorAll("textarea"), function (field) { return field.value !== field.defaultValue; });
    if (typing || document.hidden) { event.preventDefault(); }
  });
  var held = false;
  document.addEventListener("htmx:before:swap", function () {
    var at = document.activeElement;
    held = Boolean(at && at.closest("[data-run]"));
  });
  document.addEventListener("htmx:after:swap", function () {
    ready();
    var now = panel();
    if (!now) { return; }
    var lost = held && (!document.activeElement || document.activeElement === document.body);
    if (lost || "runMine" in now.dataset) {
      var refused = now.querySelector("details[open] textarea");
      var step = now.querySelector("[data-run-step]");
      if (refused && refused.value) { refused.focus(); } else if (step) { step.focus({ preventScroll: false }); }
      delete now.dataset.runMine;
    }
  });

  /* A word that opens a form closes the others and puts the cursor into it. */
  document.addEventListener("click", function (event) {
    var word = event.target.closest(".run-more summary");
    if (!word) { return; }
    // At once and not by the browser afterwards: the next letter that is typed belongs into the field.
    event.preventDefault();
    var opened = word.parentNode;
    opened.open = !opened.open;
    if (!opened.open) { return; }
    opened.parentNode.querySelectorAll("details[open]").forEach(function (other) { if (other !== opened) { other.open = false; } });
    var first = opened.querySelector("select, textarea");
    if (first) { first.focus(); }
  });
  ready();
})();
