/* The ticket desk: the customer's combobox, the focus timer, one click is one deed, and who is writing.
   Everything here is a comfort: without it the same forms are sent as they are. */
(function () {
  /* ---------- A form is sent once ---------- */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-one-click]")) { return; }
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(function () { form.dataset.sent = ""; }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("[data-sent]").forEach(function (form) { form.dataset.sent = ""; });
  });

  /* What says which draft was taken has been read: a reload must not take the next one. */
  var sent = new URL(location.href).searchParams.get("sent");
  if (sent !== null) {
    var clean = new URL(location.href);
    clean.searchParams.delete("sent");
    history.replaceState(history.state, "", clean);
  }

  /* ---------- The newest message stays in sight when the pane gets smaller ---------- */
  document.querySelectorAll("[data-scroll-end]").forEach(function (pane) {
    var atEnd = true;
    pane.addEventListener("scroll", function () { atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 24; }, { passive: true });
    new ResizeObserver(function () { if (atEnd) { pane.scrollTop = pane.scrollHeight; } }).observe(pane);
  });

  /* ---------- Tabs that are links without a script ---------- */
  document.addEventListener("click", function (event) {
    if (event.target.closest('a[role="tab"]') && !event.ctrlKey && !event.metaKey) { event.preventDefault(); }
  });
  document.addEventListener("tab:picked", function (event) {
    var panel = document.getElementById(event.target.getAttribute("aria-controls"));
    var text = panel && panel.querySelector("textarea");
    if (text) { text.focus(); }
  });

  /* ---------- Combobox of customers ---------- */
  function combobox(combo) {
    if (combo.dataset.combo === "ready") { return; }
    combo.dataset.combo = "ready";
    var input = combo.querySelector('[role="combobox"]');
    var list = combo.querySelector('[role="listbox"]');
    var chosen = combo.querySelector('input[name="customer"]');
    var form = input.form;
    var isNew = form.elements.new_customer;
    var peek = document.getElementById("peek");
    function options() { return Array.prototype.slice.call(list.querySelectorAll('[role="option"]')); }
    function current() { return list.querySelector('[aria-selected="true"]'); }
    function open(on) {
      list.hidden = !on;
      input.setAttribute("aria-expanded", on ? "true" : "false");
      if (!on) { input.removeAttribute("aria-activedescendant"); }
    }
    function mark(option) {
      options().forEach(function (other) { other.setAttribute("aria-selected", other === option ? "true" : "false"); });
      if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); look(option.dataset.id || ""); }
    }
    /* The highlighted customer is previewed, and only the chosen one is sent. */
    function look(id) {
      if (!peek || peek.dataset.shown === id) { return; }
      peek.dataset.shown = id;
      document.getElementById("peek-customer").value = id;
      peek.dispatchEvent(new CustomEvent("look"));
    }
    function pick(option) {
      input.value = option.dataset.name;
      chosen.value = option.dataset.id || "";
      isNew.checked = "new" in option.dataset;
      var email = form.elements.requester_email;
      if (email && option.dataset.email && !email.value) { email.value = option.dataset.email; }
      open(false);
      if (peek) { peek.dataset.shown = ""; look(chosen.value); }
      input.dispatchEvent(new Event("draft:picked", { bubbles: true }));
      form.dispatchEvent(new Event("input"));
    }
    input.addEventListener("input", function (event) {
      if (!event.isTrusted) { return; }
      chosen.value = "";
      isNew.checked = false;
      if (!input.value.trim()) { open(false); look(""); }
    });
    document.addEventListener("htmx:after:swap", function () {
      if (document.activeElement !== input || list.contains(current())) { return; }
      var all = options();
      open(all.length > 0 && !chosen.value);
      if (all.length && !list.hidden) { mark(all[0]); }
    });
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); open(false); return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        var all = options();
        if (!all.length) { return; }
        event.preventDefault();
        if (list.hidden) { open(true); mark(all[0]); return; }
        var at = all.indexOf(current());
        mark(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
        return;
      }
      if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && current()) {
        if (event.key === "Enter") { event.preventDefault(); }
        if (event.key === "Enter" || !("new" in current().dataset)) { pick(current()); } else { open(false); }
      }
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest('[role="option"]');
      if (option) { pick(option); }
    });
    input.addEventListener("blur", function () { open(false); });
    form.addEventListener("change", function (event) {
      if (peek && (event.target.name === "subject" || event.target.name === "category_name")) { peek.dispatchEvent(new CustomEvent("look")); }
    });
    form.addEventListener("draft:restored", function () { if (peek && chosen.value) { look(chosen.value); } });
  }
  document.querySelectorAll("[data-combo]").forEach(combobox);
  document.addEventListener("htmx:after:swap", function () {
    var fresh = document.querySelector('#props [data-combo=""]');
    if (!fresh) { return; }
    combobox(fresh);
    fresh.closest("form").querySelector('input[name="subject"]').focus();
  });

  /* ---------- Focus timer: runs while the ticket is in front of somebody who does something ---------- */
  var IDLE = 5 * 60 * 1000;
  var timer = document.querySelector("[data-timer]");
  if (timer) { run(timer); }
  function run(box) {
    var key = "timer:" + document.body.dataset.member + ":" + box.dataset.timer;
    var shown = box.querySelector("[data-timer-shown]");
    var pause = box.querySelector("[data-timer-pause]");
    var state = read();
    var moved = Date.now();
    var last = Date.now();
    if (["reply", "note", "time"].indexOf(sent) >= 0) { state = { spent: 0, paused: state.paused }; }
    function read() {
      try { return JSON.parse(sessionStorage.getItem(key)) || { spent: 0, paused: false }; } catch (e) { return { spent: 0, paused: false }; }
    }
    function keep() { try { sessionStorage.setItem(key, JSON.stringify(state)); } catch (e) { /* private mode */ } }
    function words(seconds) {
      var hours = Math.floor(seconds / 3600);
      var rest = [Math.floor(seconds % 3600 / 60), seconds % 60].map(function (part) { return String(part).padStart(2, "0"); });
      return (hours ? [hours] : []).concat(rest).join(":");
    }
    function fill() {
      var text = words(Math.floor(state.spent));
      shown.textContent = text;
      document.querySelectorAll("[data-timer-field]").forEach(function (field) {
        if (field.dataset.byHand !== "yes" && document.activeElement !== field) { field.value = state.spent >= 1 ? text : ""; }
      });
    }
    function tick() {
      var now = Date.now();
      var passed = (now - last) / 1000;
      last = now;
      /* A laptop that slept is no work: a gap longer than a few seconds does not count. */
      if (!state.paused && document.visibilityState === "visible" && document.hasFocus() && now - moved < IDLE && passed < 5) {
        state.spent += passed;
        keep();
      }
      box.dataset.idle = now - moved < IDLE ? "no" : "yes";
      fill();
    }
    ["keydown", "pointermove", "pointerdown", "wheel", "scroll", "touchstart"].forEach(function (kind) {
      document.addEventListener(kind, function () { moved = Date.now(); }, { passive: true, capture: true });
    });
    function say() { pause.setAttribute("aria-pressed", state.paused ? "true" : "false"); }
    pause.addEventListener("click", function () { state.paused = !state.paused; keep(); say(); });
    document.addEventListener("input", function (event) {
      var field = event.target;
      if (!field.matches("[data-timer-field]")) { return; }
      field.dataset.byHand = field.value ? "yes" : "no";
      source(field);
    });
    function source(field) {
      var label = field.closest("label") && field.closest("label").querySelector("[data-timer-source]");
      if (label) { label.textContent = ", " + (field.dataset.byHand === "yes" ? label.dataset.byHand : label.dataset.byTimer); }
    }
    document.querySelectorAll("[data-timer-field]").forEach(function (field) {
      /* What the server sent back belongs to somebody who had corrected it. */
      if (field.value) { field.dataset.byHand = "yes"; }
      source(field);
    });
    box.hidden = false;
    say();
    keep();
    fill();
    setInterval(tick, 1000);
  }

  /* ---------- Who is writing ---------- */
  var flag = document.querySelector("[data-writing]");
  if (flag) {
    var quiet = 0;
    document.addEventListener("input", function (event) {
      if (!event.target.closest("[data-writes]")) { return; }
      flag.value = "1";
      clearTimeout(quiet);
      quiet = setTimeout(function () { flag.value = "0"; }, 20000);
    });
  }
})();
