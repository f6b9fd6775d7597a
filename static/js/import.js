/* Says before an upload begins when the files are larger than this installation takes. */
(function () {
  var field = document.querySelector("[data-drop]");
  if (!field) { return; }
  var input = field.querySelector("input");
  var box = document.getElementById("id_file_error");
  input.addEventListener("change", function () {
    var size = Array.prototype.reduce.call(input.files, function (sum, file) { return sum + file.size; }, 0);
    var words = size > Number(field.dataset.most) ? field.dataset.tooBig : "";
    field.querySelector("[data-drop-error]").textContent = words;
    box.hidden = !words;
    input.setAttribute("aria-invalid", words ? "true" : "false");
  });
  input.form.addEventListener("submit", function (event) {
    if (!box.hidden && input.getAttribute("aria-invalid") === "true" && field.querySelector("[data-drop-error]").textContent === field.dataset.tooBig) {
      event.preventDefault();
      input.focus();
      return;
    }
    input.form.querySelector("[type=submit]").setAttribute("aria-busy", "true");
  });
})();
