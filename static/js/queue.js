/* Queue: move with j and k, select with x or a range with shift, do with a and s, filter in a drawer.
   Works without: links, boxes and forms stay. */
(function () {
  var panel = document.getElementById("panel");
  var last = null;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll(".q-row")); }
  function picks() { return Array.prototype.slice.call(document.querySelectorAll("[data-pick]")); }
  function count() {
    var bulk = document.querySelector("[data-bulk]");
    var all = document.querySelector("[data-all]");
    if (!bulk || !all) { return; }
    var boxes = picks();
    var n = boxes.filter(function (box) { return box.checked; }).length;
    bulk.hidden = n === 0;
    bulk.querySelector("[data-clear]").hidden = false;
    bulk.querySelector("[data-count]").textContent = n;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  }
  function setAll(on) { picks().forEach(function (box) { box.checked = on; }); count(); }
  function typing(target) { return target.closest("textarea, select, input:not([type=checkbox])"); }

  /* A range: from the box that was changed last to this one, if shift is held */
  document.addEventListener("click", function (event) {
    var box = event.target.closest("[data-pick]");
    if (box) {
      var boxes = picks();
      var from = boxes.indexOf(last);
      var to = boxes.indexOf(box);
      if (event.shiftKey && from >= 0) {
        boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (each) { each.checked = box.checked; });
      }
      last = box;
      count();
      return;
    }
    if (event.target.closest("[data-all]")) { setAll(event.target.checked); return; }
    if (event.target.closest("[data-clear]")) { setAll(false); return; }
    if (event.target.closest("[data-close-panel]") && panel && panel.open) { event.preventDefault(); panel.close(); return; }
    var opener = event.target.closest("a[data-panel]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(opener.href); }
  });

  /* Forms of the drawer: filters, views, and what to do with the selected tickets */
  function open(url) {
    window.htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" }).then(function () {
      if (panel.querySelector("#panel-title")) { panel.showModal(); }
      var first = panel.querySelector(".drawer__body select, .drawer__body input:not([type=hidden])");
      if (first) { first.focus(); }
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.matches("[data-picked]") && event.submitter && event.submitter.name === "do") {
      event.preventDefault();
      var asked = new FormData(form, event.submitter);
      var more = document.getElementById("more-deeds");
      if (more && more.matches(":popover-open")) { more.hidePopover(); }
      open(form.action + "?" + new URLSearchParams(asked).toString());
    }
    /* An address without what is not asked for */
    if (form.matches("[data-filters]")) {
      form.querySelectorAll("input, select").forEach(function (field) { if (!field.value) { field.disabled = true; } });
    }
  });
  document.addEventListener("change", function (event) {
    var views = event.target.closest("[data-view]");
    if (views && event.target.value) { views.requestSubmit(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]") || typing(event.target)) { return; }
    var all = rows();
    if (!all.length) { return; }
    var at = all.indexOf(document.activeElement.closest(".q-row"));
    if (event.key === "j" || event.key === "k") {
      var to = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
      all[to].querySelector(".q-s__a").focus();
    } else if (event.key === "x" && at >= 0) {
      var box = all[at].querySelector("[data-pick]");
      box.checked = !box.checked;
      last = box;
      count();
    } else if (event.key === "a" || event.key === "s") {
      if (at >= 0 && !picks().some(function (each) { return each.checked; })) {
        all[at].querySelector("[data-pick]").checked = true;
        count();
      }
      var button = document.querySelector('[data-deed="' + event.key + '"]');
      if (button && button.getClientRects().length) { event.preventDefault(); button.click(); }
    } else if (event.key === "Escape") {
      setAll(false);
    }
  });

  document.addEventListener("htmx:after:swap", count);
  window.addEventListener("pageshow", count);
  count();
})();
