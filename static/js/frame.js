/* The frame of every page: dialogs, shortcuts, the palette, tabs and drafts.
   Everything works by attributes, so that a page needs no script of its own:
     data-opens="id"    opens the dialog of that id          data-close    closes the dialog around it
     data-key="c"       is pressed by that key               data-go="t"   is followed by g, then that key
     data-draft="place" a form whose text is kept while it is written
     data-print            prints the page, and is hidden without a script
     data-mac="⌘↵"      says the key as a Mac names it; the text says it for all others */
(function () {
  function typing(target) {
    return target.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
  }
  function openDialog() { return document.querySelector("dialog[open]"); }
  function show(id) {
    var dialog = document.getElementById(id);
    if (!dialog || dialog.open) { return false; }
    dialog.dispatchEvent(new CustomEvent("dialog:open"));
    dialog.showModal();
    return true;
  }

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-opens]");
    if (opener && !event.ctrlKey && !event.metaKey && show(opener.dataset.opens)) {
      var side = document.getElementById("side");
      if (side && side.matches(":popover-open")) { side.hidePopover(); }
      event.preventDefault();
      return;
    }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    var closer = event.target.closest("[data-close]");
    if (closer && closer.closest("dialog")) { closer.closest("dialog").close(); }
    if (event.target.nodeName === "DIALOG" && event.target.matches(".drawer, .palette")) { event.target.close(); }
  });

  document.querySelectorAll("[data-print][hidden]").forEach(function (button) { button.hidden = false; });

  /* ---------- Shortcuts ---------- */
  var isMac = /mac|iphone|ipad/i.test((navigator.userAgentData && navigator.userAgentData.platform) || navigator.platform);
  function nameKeys() {
    if (isMac) { document.querySelectorAll("[data-mac]").forEach(function (key) { key.textContent = key.dataset.mac; }); }
  }
  nameKeys();
  document.addEventListener("htmx:after:swap", nameKeys);
  function label(element) {
    var copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .side__count").forEach(function (part) { part.remove(); });
    return (element.getAttribute("aria-label") || copy.textContent).replace(/\s+/g, " ").trim();
  }
  function visible(element) {
    return element.getClientRects().length > 0 || (element.matches(".side__link") && !element.closest("dialog:not([open])"));
  }
  /* Controls that a key presses now, one a key: the page's own come before those of the frame. */
  function keyed(attribute) {
    var all = Array.prototype.filter.call(document.querySelectorAll("[data-" + attribute + "]"), visible);
    var own = all.filter(function (element) { return element.closest("main"); });
    var taken = {};
    return own.concat(all.filter(function (element) { return own.indexOf(element) < 0; })).filter(function (element) {
      var key = element.dataset[attribute];
      var isFirst = !taken[key];
      taken[key] = true;
      return isFirst;
    });
  }
  function follow(element) {
    if (element.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select")) { element.focus(); } else { element.click(); }
  }
  var afterG = 0;
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (show("palette")) { event.preventDefault(); }
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      var form = event.target.closest("form");
      if (form && event.target.nodeName === "TEXTAREA") { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    var dialog = openDialog();
    if (dialog) { return; }
    if (event.key === "/") { if (show("palette")) { event.preventDefault(); } return; }
    if (event.key === "?") { if (show("shortcuts")) { event.preventDefault(); } return; }
    var going = afterG > Date.now() - 1500;
    afterG = 0;
    if (event.key === "g" && !going) { afterG = Date.now(); return; }
    var attribute = going ? "go" : "key";
    var found = keyed(attribute).filter(function (element) { return element.dataset[attribute] === event.key; })[0];
    if (found) { event.preventDefault(); follow(found); }
  });

  var list = document.querySelector("[data-keys-list]");
  var shortcuts = document.getElementById("shortcuts");
  if (list && shortcuts) {
    shortcuts.addEventListener("dialog:open", function () {
      list.querySelectorAll("[data-found]").forEach(function (old) { old.remove(); });
      keyed("key").concat(keyed("go")).forEach(function (element) {
        var term = document.createElement("dt");
        var words = document.createElement("dd");
        (element.dataset.key ? [element.dataset.key] : ["g", element.dataset.go]).forEach(function (key) {
          var shown = document.createElement("kbd");
          shown.textContent = key;
          term.append(shown, " ");
        });
        words.textContent = element.dataset.keyLabel || label(element);
        term.dataset.found = words.dataset.found = "";
        list.append(term, words);
      });
    });
  }

  /* ---------- Palette: pages at once, customers and tickets from the server ---------- */
  var palette = document.getElementById("palette");
  if (palette) {
    var input = palette.querySelector("[data-palette]");
    var commands = palette.querySelector("[data-commands]");
    var found = document.getElementById("palette-found");
    var options = function () { return Array.prototype.slice.call(palette.querySelectorAll(".palette__list a, .palette__list button, .palette__found a")); };
    var offer = function () {
      var words = input.value.trim().toLowerCase();
      var listed = {};
      commands.replaceChildren();
      document.querySelectorAll(".side [data-go], [data-command], [data-key]").forEach(function (source) {
        var title = label(source);
        if (palette.contains(source) || listed[title] || (words && title.toLowerCase().indexOf(words) < 0)) { return; }
        listed[title] = true;
        var item = document.createElement("li");
        var link = document.createElement(source.href ? "a" : "button");
        if (source.href) { link.href = source.href; } else {
          link.type = "button";
          link.addEventListener("click", function () { palette.close(); follow(source); });
        }
        link.textContent = title;
        item.append(link);
        commands.append(item);
      });
      if (!words) { found.replaceChildren(); }
    };
    palette.addEventListener("dialog:open", function () { input.value = ""; offer(); });
    input.addEventListener("input", offer);
    palette.addEventListener("keydown", function (event) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") { return; }
      event.preventDefault();
      var all = options();
      var at = all.indexOf(document.activeElement);
      var to = event.key === "ArrowDown" ? at + 1 : at - 1;
      if (to < 0) { input.focus(); } else if (all[to]) { all[to].focus(); }
    });
  }

  /* ---------- What a line cuts off is said by its title ---------- */
  document.addEventListener("mouseover", function (event) {
    var element = event.target;
    for (var up = 0; element && up < 3; up += 1, element = element.parentElement) {
      if (element.scrollWidth > element.clientWidth && !element.title && getComputedStyle(element).textOverflow === "ellipsis") {
        element.title = element.textContent.replace(/\s+/g, " ").trim();
        return;
      }
    }
  });

  /* ---------- Tabs ---------- */
  document.addEventListener("click", function (event) {
    var tab = event.target.closest('[role="tab"]');
    if (tab) { pick(tab); }
  });
  document.addEventListener("keydown", function (event) {
    var tab = event.target.closest('[role="tab"]');
    if (!tab || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) { return; }
    var tabs = Array.prototype.slice.call(tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]'));
    var to = tabs[(tabs.indexOf(tab) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    pick(to);
    to.focus();
  });
  function pick(tab) {
    tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]').forEach(function (other) {
      var on = other === tab;
      other.setAttribute("aria-selected", on ? "true" : "false");
      other.tabIndex = on ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
    });
    tab.dispatchEvent(new CustomEvent("tab:picked", { bubbles: true }));
  }

  /* ---------- Drafts: on this device at every key, on the server at every pause ---------- */
  function keeper(form) {
    var place = form.dataset.draft;
    var url = form.dataset.draftUrl;
    var key = "draft:" + document.body.dataset.member + ":" + place;
    var said = form.querySelector("[data-draft-state]");
    var timer = null;
    var sent = false;

    function fields() {
      return Array.prototype.filter.call(form.elements, function (field) {
        return field.name && field.name !== "csrfmiddlewaretoken" && field.name !== "version" && !field.matches("[type=file], [type=submit], [type=button], [data-no-draft]");
      });
    }
    function content() {
      var found = {};
      fields().forEach(function (field) {
        if (field.matches("[type=checkbox], [type=radio]") && !field.checked) { return; }
        found[field.name] = field.value;
      });
      return found;
    }
    function say(state) {
      if (said) { said.textContent = said.dataset[state] || ""; said.dataset.state = state; }
    }
    function local(value) {
      try {
        if (value === null) { localStorage.removeItem(key); } else if (value) { localStorage.setItem(key, JSON.stringify(value)); } else { return JSON.parse(localStorage.getItem(key)); }
      } catch (e) { /* private mode */ }
      return null;
    }
    function save() {
      if (sent) { return; }
      fetch(url, {
        method: "PUT", redirect: "manual", keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify({ content: content() })
      }).then(function (answer) {
        say(answer.ok ? "saved" : "kept");
      }).catch(function () { say("kept"); });
    }
    function restore(kept) {
      if (!kept || form.dataset.fresh === "no") { return false; }
      var any = false;
      fields().forEach(function (field) {
        var value = kept[field.name];
        if (field.matches("[type=checkbox], [type=radio]")) { if (field.name in kept) { field.checked = field.value === value; } return; }
        if (value && field.value !== value) { field.value = value; any = any || field.nodeName === "TEXTAREA" || field.type === "text"; field.dispatchEvent(new Event("draft:restored", { bubbles: true })); }
      });
      return any;
    }

    form.addEventListener("input", function () {
      sent = false;
      local({ at: Date.now(), content: content() });
      say("typing");
      clearTimeout(timer);
      timer = setTimeout(save, 1200);
    });
    /* The server drops the draft when it takes the form; until then it is kept, for a session may have ended. */
    form.addEventListener("submit", function () { clearTimeout(timer); local({ at: Date.now(), content: content() }); sent = true; });
    form.querySelectorAll("[data-draft-drop]").forEach(function (button) {
      button.addEventListener("click", function () {
        sent = true;
        local(null);
        fetch(url, { method: "DELETE", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } }).finally(function () { form.reset(); say("none"); });
      });
    });

    var mine = local();
    fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" }).then(function (answer) {
      return answer.status === 200 ? answer.json() : null;
    }).then(function (theirs) {
      if (!theirs && mine && form.dataset.taken === "yes") { local(null); return; }
      var newest = theirs && (!mine || new Date(theirs.saved_at).getTime() >= mine.at) ? theirs.content : mine && mine.content;
      if (restore(newest)) { say("restored"); }
    }).catch(function () { if (mine && restore(mine.content)) { say("restored"); } });
  }
  /* What the server has taken is no draft any more. */
  document.querySelectorAll("[data-draft-taken]").forEach(function (mark) {
    try { localStorage.removeItem("draft:" + document.body.dataset.member + ":" + mark.dataset.draftTaken); } catch (e) { /* private mode */ }
  });
  document.querySelectorAll("form[data-draft]").forEach(keeper);
  document.addEventListener("htmx:after:swap", function () {
    document.querySelectorAll("form[data-draft]:not([data-kept])").forEach(function (form) { form.dataset.kept = ""; keeper(form); });
  });
  document.querySelectorAll("form[data-draft]").forEach(function (form) { form.dataset.kept = ""; });
  document.querySelectorAll("[data-scroll-end]").forEach(function (pane) { pane.scrollTop = pane.scrollHeight; });
})();
