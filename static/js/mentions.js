/* Whom one may mean while "@na" is typed in a note: textarea[data-mentions]. The address of the list stands at this
   script's tag. Arrows choose, Enter or Tab takes, Escape closes; without a script the name is simply typed out. */
(function () {
  var script = document.currentScript;
  var list = null;
  var status = null;
  var box = null;
  var asked = null;
  var timer = null;

  /* The words after the last @ before the caret: letters, and a space where a second name goes on. */
  function begun(field) {
    var before = field.value.slice(0, field.selectionStart);
    var found = /(?:^|[^\p{L}\p{N}_.@])@((?:[\p{L}\p{N}][\p{L}\p{M}\p{N}.'’-]*(?: (?=[\p{L}\p{N}]))?){0,4})$/u.exec(before);
    return found && field.selectionStart === field.selectionEnd ? found[1] : null;
  }
  function options() { return list ? Array.prototype.slice.call(list.children) : []; }
  function current() { return list && list.querySelector('[aria-selected="true"]'); }
  function isOpen() { return list !== null && list.matches(":popover-open"); }

  function build() {
    list = document.createElement("ul");
    list.id = "mentions";
    list.className = "mentions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", script.dataset.label);
    list.popover = "manual";
    status = document.createElement("p");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    document.querySelector("main").append(list, status);
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest('[role="option"]');
      if (option) { take(option); }
    });
  }
  function close() {
    clearTimeout(timer);
    if (asked) { asked.abort(); asked = null; }
    if (!isOpen()) { return; }
    list.hidePopover();
    list.replaceChildren();
    status.textContent = "";
    box.removeAttribute("aria-activedescendant");
    box.removeAttribute("aria-controls");
  }
  function mark(option) {
    options().forEach(function (other) { other.setAttribute("aria-selected", other === option ? "true" : "false"); });
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  /* Below the box, or above it where the window ends. */
  function place() {
    var around = box.getBoundingClientRect();
    var height = list.offsetHeight;
    var fits = around.bottom + 4 + height <= innerHeight;
    list.style.left = Math.max(8, Math.min(around.left + 8, innerWidth - list.offsetWidth - 8)) + "px";
    list.style.top = (fits ? around.bottom + 4 : Math.max(8, around.top - height - 4)) + "px";
  }
  function show(field, html) {
    box = field;
    list.innerHTML = html;
    var all = options();
    if (!all.length) { close(); return; }
    if (!isOpen()) { list.showPopover(); }
    box.setAttribute("aria-controls", list.id);
    status.textContent = list.querySelector("[data-told]").dataset.told;
    mark(all[0]);
    place();
  }
  function take(option) {
    var words = begun(box);
    if (words === null) { close(); return; }
    var end = box.selectionStart;
    box.setRangeText(option.dataset.name + " ", end - words.length, end, "end");
    close();
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    box.focus();
  }
  function ask(field) {
    var words = begun(field);
    if (words === null) { close(); return; }
    clearTimeout(timer);
    timer = setTimeout(function () {
      if (asked) { asked.abort(); }
      asked = new AbortController();
      fetch(script.dataset.url + "?q=" + encodeURIComponent(words), { signal: asked.signal, redirect: "manual" }).then(function (answer) {
        return answer.status === 200 ? answer.text() : "";
      }).then(function (html) {
        if (document.activeElement === field && begun(field) === words) { show(field, html); }
      }).catch(function () { /* asked again, or no network: the name is typed out */ });
    }, 100);
  }

  build();
  document.addEventListener("focusin", function (event) {
    if (event.target.matches("textarea[data-mentions]")) { event.target.setAttribute("aria-autocomplete", "list"); }
  });
  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-mentions]")) { ask(event.target); }
  });
  document.addEventListener("keydown", function (event) {
    if (!isOpen() || event.target !== box || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var all = options();
    var at = all.indexOf(current());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      mark(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      take(all[at]);
    } else if (event.key === "Escape") {
      close();
    } else { return; }
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("focusout", function (event) { if (event.target === box) { close(); } });
  window.addEventListener("resize", close);
  document.addEventListener("scroll", function (event) { if (isOpen() && event.target !== list) { place(); } }, { passive: true, capture: true });
})();
