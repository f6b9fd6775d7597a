/* The interview room: each part is kept on this device at every key and on the server at every pause. Without a
   connection it stays here and is sent when it is back. Everything here is a comfort: without it each part is a form. */
(function () {
  var room = document.querySelector("[data-room]");
  var forms = room ? Array.prototype.slice.call(room.querySelectorAll("[data-room-form]")) : [];
  if (!forms.length) { return; }
  var PAUSE = 1500;
  var AGAIN = 4000;
  var ASIDE = ["csrfmiddlewaretoken", "edits", "mark", "go"];
  var prefix = "room:" + document.body.dataset.member + ":" + room.dataset.room + ":";
  var edits = Number(room.dataset.edits);
  var waiting = {};   /* parts that are not on the server yet */
  var held = {};      /* parts that a person has to look at first */
  var busy = null;
  var timer = null;
  var goes = false;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function keyOf(form) { return form.dataset.roomForm; }
  function formOf(key) { return forms.filter(function (form) { return keyOf(form) === key; })[0]; }
  function fields(form) {
    var found = {};
    new FormData(form).forEach(function (value, name) {
      if (ASIDE.indexOf(name) < 0 && value !== "") { found[name] = String(value).replace(/\r\n?/g, "\n"); }
    });
    return found;
  }
  function same(one, other) {
    var names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every(function (name) { return one[name] === other[name]; });
  }
  function keep(form) {
    var kept = { edits: form.elements.edits.value, mark: form.elements.mark.value, fields: fields(form) };
    try { localStorage.setItem(prefix + keyOf(form), JSON.stringify(kept)); } catch (e) { /* private mode */ }
  }
  function forget(key) { try { localStorage.removeItem(prefix + key); } catch (e) { /* private mode */ } }
  function kept(key) {
    try { return JSON.parse(localStorage.getItem(prefix + key)); } catch (e) { return null; }
  }
  function say(words, isKept, short) {
    all("[data-room-saved]").forEach(function (place) {
      place.classList.toggle("saved--kept", Boolean(isKept));
      place.lastElementChild.textContent = place.closest(".topbar") && short ? short : words;
    });
    var here = room.querySelector("[data-step]:not([hidden]) [data-room-saved-here]");
    if (here) { here.textContent = words; }
  }
  function warn(words) {
    var place = room.querySelector("[data-room-said]");
    place.hidden = !words;
    place.querySelector("p").textContent = words;
  }

  /* ---------- Sending, one part at a time ---------- */
  function later(pause) { clearTimeout(timer); timer = setTimeout(flush, pause); }
  function flush() {
    clearTimeout(timer);
    if (busy) { return busy.then(flush); }
    var key = Object.keys(waiting).filter(function (each) { return !held[each]; })[0];
    if (!key) { return Promise.resolve(); }
    busy = send(formOf(key)).then(function (goesOn) {
      busy = null;
      return goesOn ? flush() : undefined;
    });
    return busy;
  }
  function send(form) {
    var sent = fields(form);
    return fetch(form.getAttribute("action"), {
      method: "POST", redirect: "manual", headers: { Accept: "application/json" }, body: new FormData(form)
    }).then(function (answer) {
      var isJson = (answer.headers.get("Content-Type") || "").indexOf("json") > 0;
      if (!isJson) {
        say(room.dataset.kept, true, room.dataset.keptShort);
        warn(answer.status >= 500 ? "" : room.dataset.signedOut);
        later(AGAIN * 4);
        return false;
      }
      return answer.json().then(function (told) { return take(form, sent, answer.status, told); });
    }).catch(function () {
      say(room.dataset.kept, true, room.dataset.keptShort);
      later(AGAIN);
      return false;
    });
  }
  function take(form, sent, status, told) {
    var key = keyOf(form);
    if (status === 409) { held[key] = told; ask(form, told); return true; }
    if (status !== 200) { held[key] = told; say(room.dataset.kept, true, room.dataset.keptShort); warn(room.dataset.refused + " " + told.message); return true; }
    /* While nobody else saves, all parts move on together; else each is compared by its mark. */
    if (told.edits === edits + 1) {
      forms.forEach(function (each) { if (Number(each.elements.edits.value) === edits) { each.elements.edits.value = told.edits; } });
      edits = told.edits;
    }
    form.elements.edits.value = told.edits;
    form.elements.mark.value = told.mark;
    if (same(sent, fields(form))) { delete waiting[key]; forget(key); } else { keep(form); }
    warn("");
    if (!Object.keys(waiting).length) { say(room.dataset.saved + " " + told.at, false, told.at); }
    if (key === "overall") { freshen(); }
    return true;
  }

  /* ---------- Another window has written on the same part ---------- */
  function ask(form, told) {
    all("[data-room-theirs]").forEach(function (old) { old.remove(); });
    warn(told.message);
    room.querySelector("[data-room-said]").insertAdjacentHTML("afterend", told.html);
    var panel = room.querySelector("[data-room-theirs]");
    var button = panel.querySelector("[data-room-keep]");
    go(keyOf(form));
    button.hidden = false;
    button.focus();
    button.addEventListener("click", function () {
      form.elements.edits.value = told.edits;
      form.elements.mark.value = told.mark;
      delete held[keyOf(form)];
      panel.remove();
      warn("");
      flush();
    });
    panel.querySelector("[data-room-take]").addEventListener("click", function () { delete waiting[keyOf(form)]; forget(keyOf(form)); });
  }

  /* ---------- Parts ---------- */
  function go(key) {
    all(".room [data-step]").forEach(function (part) { part.hidden = part.dataset.step !== key; });
    all(".part[data-room-go]").forEach(function (link) {
      if (link.dataset.roomGo === key) { link.setAttribute("aria-current", "step"); } else { link.removeAttribute("aria-current"); }
    });
    history.replaceState(null, "", "?step=" + encodeURIComponent(key));
    if (key === "overall") { flush().then(freshen); }
  }
  function freshen() {
    fetch("?step=overall").then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-room-gaps]");
      var place = room.querySelector("[data-room-gaps]");
      if (fresh && place) { place.replaceWith(fresh); }
    }).catch(function () { /* without a connection the old list stays */ });
  }
  function show(form) {
    var chosen = form.querySelector(".choice__in:checked");
    var link = room.querySelector('.part[data-room-go="' + keyOf(form) + '"]');
    link.classList.toggle("part--done", Boolean(chosen));
    var value = link.querySelector("[data-room-value]");
    if (value) { value.textContent = !chosen ? "" : chosen.value === "0" ? "–" : chosen.value; }
    all('[data-pip="' + keyOf(form) + '"]').forEach(function (pip) { pip.classList.toggle("pip--done", Boolean(chosen)); });
  }
  room.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-room-go]");
    if (!link || event.ctrlKey || event.metaKey) { return; }
    event.preventDefault();
    go(link.dataset.roomGo);
    window.scrollTo(0, 0);
    flush();
  });

  forms.forEach(function (form) {
    show(form);
    form.addEventListener("input", function () {
      var key = keyOf(form);
      waiting[key] = true;
      if (held[key] && !held[key].html) { delete held[key]; }
      keep(form);
      show(form);
      say(room.dataset.writing);
      later(PAUSE);
    });
    form.addEventListener("submit", function (event) {
      if (goes) { return; }
      var button = event.submitter;
      var isAllSent = !busy && !Object.keys(waiting).length;
      if (!button || !button.hasAttribute("data-room-submit")) {
        event.preventDefault();
        if (button && button.dataset.roomGo) { go(button.dataset.roomGo); window.scrollTo(0, 0); }
        flush();
        return;
      }
      /* Nothing is left to be sent first; a form cannot be sent again while its own submission is being asked about. */
      if (isAllSent) { goes = true; return; }
      event.preventDefault();
      flush().then(function () {
        if (Object.keys(waiting).length) { warn(room.dataset.unsent); return; }
        goes = true;
        form.requestSubmit(button);
      });
    });
  });

  /* ---------- What this device still has ---------- */
  forms.forEach(function (form) {
    var key = keyOf(form);
    var own = kept(key);
    if (!own || form.querySelector(".form-error") || room.querySelector("[data-room-theirs]")) { return; }
    if (same(own.fields, fields(form))) { forget(key); return; }
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || ASIDE.indexOf(field.name) >= 0) { return; }
      if (field.matches("[type=checkbox], [type=radio]")) { field.checked = own.fields[field.name] === field.value; } else { field.value = own.fields[field.name] || ""; }
    });
    form.elements.edits.value = own.edits;
    form.elements.mark.value = own.mark;
    waiting[key] = true;
    show(form);
    say(room.dataset.restored, false, room.dataset.keptShort);
  });
  flush();
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { flush(); } });

  /* ---------- The clock ---------- */
  var start = Date.now();
  function tick() {
    all("[data-room-timer]").forEach(function (place) {
      var now = Date.parse(place.dataset.now) + Date.now() - start;
      var begins = Date.parse(place.dataset.begins);
      var total = Math.round((Date.parse(place.dataset.ends) - begins) / 60000);
      var gone = Math.floor((now - begins) / 60000);
      if (gone >= 0) { place.textContent = place.dataset.words.replace("{n}", Math.min(gone, total)).replace("{total}", total); }
    });
  }
  setInterval(tick, 10000);
})();
