/* The playbook editor: saves the open step at every pause, moves steps by keys, and keeps the focus where it was.
   Everything here is a comfort: without it the same buttons send the same form. */
(function () {
  var form = document.getElementById("steps-form");
  if (!form) { return; }
  var PAUSE = 1800;
  var timer = null;
  var dirty = false;
  var after = null;
  var typed = {}; // by the names of fields: what was typed since the last request went out
  var saved = function () { return document.getElementById("pb-saved"); };
  var openKey = function () { return form.elements.open ? form.elements.open.value : ""; };

  function say(words) {
    var shown = saved();
    if (shown) { shown.textContent = shown.dataset[words]; }
  }
  function dropLocal() {
    try { localStorage.removeItem("draft:" + document.body.dataset.member + ":" + form.dataset.draft); } catch (e) { /* private mode */ }
  }
  function press(button) { if (button && !button.disabled) { form.requestSubmit(button); } }
  function autosave() {
    clearTimeout(timer);
    if (dirty && openKey()) { form.dispatchEvent(new CustomEvent("autosave")); }
  }

  form.addEventListener("input", function (event) {
    dirty = true;
    if (event.target.name) { typed[event.target.name] = event.target; }
    say("typing");
    clearTimeout(timer);
    timer = setTimeout(autosave, PAUSE);
  });
  /* Another kind has other fields, and an exit to a new step makes that step: both at once. */
  form.addEventListener("change", function (event) {
    var makes = event.target.matches("[data-saves]") || (event.target.matches("[data-branches]") && event.target.value === "new step");
    if (makes) { press(form.querySelector("[data-default]")); }
  });

  /* ---------- What is sent, and where to ---------- */
  form.addEventListener("htmx:config:request", function (event) {
    var request = event.detail.ctx.request;
    var submitter = request.submitter;
    if (submitter && submitter.hasAttribute("formaction")) {
      request.action = submitter.getAttribute("formaction");
    } else if (openKey()) {
      request.action = stepUrl() + (submitter ? "" : "?quiet=1");
    }
  });
  function stepUrl() {
    var closer = document.getElementById("close-step");
    return closer ? closer.getAttribute("formaction") : form.getAttribute("action");
  }
  /* What waited for its turn goes out with what stands in the form now, and with the newest number of edits. */
  form.addEventListener("htmx:before:request", function (event) {
    var request = event.detail.ctx.request;
    var body = new URLSearchParams(new FormData(form));
    if (request.submitter && request.submitter.name) { body.append(request.submitter.name, request.submitter.value); }
    request.body = body;
    dirty = false;
    typed = {};
    clearTimeout(timer);
  });
  form.addEventListener("htmx:before:response", function (event) {
    var raw = event.detail.ctx.response.raw;
    if (raw.redirected || raw.status >= 500 || raw.status === 403 || raw.status === 404) {
      dirty = true;
      say("failed");
      after = null;
      event.preventDefault();
    } else if (raw.ok && !dirty) { dropLocal(); }
  });
  form.addEventListener("htmx:error", function () { dirty = true; say("failed"); after = null; });
  form.addEventListener("htmx:after:swap", function (event) {
    form.querySelectorAll(".ed__msgs").forEach(function (message) {
      var select = form.querySelector('select[aria-describedby="' + message.id + '"]');
      if (!select) { return; }
      if (message.childElementCount) { select.setAttribute("aria-invalid", "true"); } else { select.removeAttribute("aria-invalid"); }
    });
    keepTyped();
    suggest();
    showNow();
    var mark = form.querySelector("[data-focus]");
    if (mark) {
      var found = document.getElementById(mark.dataset.focus);
      mark.remove();
      if (found) { found.focus(); found.scrollIntoView({ block: "nearest" }); }
    }
    if (after && event.detail.ctx.response.raw.ok && !dirty) { var then = after; after = null; then(); }
  });

  /* Whoever went on typing while the answer was on its way does not lose those words to it. */
  function keepTyped() {
    Object.keys(typed).forEach(function (name) {
      var was = typed[name];
      var now = form.elements[name];
      if (!now || now === was || now.type !== was.type) { return; }
      var answered = now.value;
      if (now.type === "checkbox") { now.checked = was.checked; } else { now.value = was.value; }
      // A step that is gone is no choice any more.
      if (now.selectedIndex === -1) { now.value = answered; }
      typed[name] = now;
      say("typing");
    });
  }

  /* The kind of change follows what is suggested until somebody has chosen. */
  var kinds = document.querySelectorAll("#send [name=change]");
  function suggested() {
    var why = document.getElementById("send-why");
    return why ? why.dataset.suggests : "";
  }
  var hasChosen = Array.prototype.some.call(kinds, function (kind) { return kind.checked && kind.value !== suggested(); });
  kinds.forEach(function (kind) { kind.addEventListener("change", function () { hasChosen = true; }); });
  function suggest() {
    kinds.forEach(function (kind) { if (!hasChosen) { kind.checked = kind.value === suggested(); } });
  }

  /* The open step is in sight in the flowchart, too. */
  function showNow() {
    var pane = document.querySelector("#pb-flow .flow-pane");
    var now = pane && pane.querySelector(".flow__node--now");
    if (!now) { return; }
    var inside = now.getBoundingClientRect();
    var around = pane.getBoundingClientRect();
    pane.scrollTop += inside.top + inside.height / 2 - around.top - around.height / 2;
    pane.scrollLeft += inside.left + inside.width / 2 - around.left - around.width / 2;
  }
  showNow();

  /* ---------- The last words are saved before the page is left by one of its own forms and links ---------- */
  document.addEventListener("submit", function (event) {
    if (event.target === form || !dirty || !openKey() || !event.target.closest("main")) { return; }
    event.preventDefault();
    after = function () { event.target.requestSubmit(event.submitter); };
    autosave();
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (link && link.matches("[data-drop-local]")) { dropLocal(); dirty = false; return; }
    if (!link || !dirty || !openKey() || !link.closest("main") || event.ctrlKey || event.metaKey || link.target) { return; }
    if (link.getAttribute("href").charAt(0) === "#") { return; }
    event.preventDefault();
    after = function () { location.href = link.href; };
    autosave();
  });

  /* ---------- Keys: Alt and an arrow move a step; the menu of a row closes by Escape ---------- */
  document.addEventListener("keydown", function (event) {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && !event.target.matches("select, textarea")) {
      var row = event.target.closest("[data-step]");
      if (!row) { return; }
      event.preventDefault();
      press(row.querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]"));
      return;
    }
    var menu = event.target.closest(".ed__more[open]");
    if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("click", function (event) {
    form.querySelectorAll(".ed__more[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
})();
