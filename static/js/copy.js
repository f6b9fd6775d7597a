/* A button that copies the text of another element: data-copies="id". */
document.querySelectorAll("[data-copies]").forEach(function (button) {
  button.addEventListener("click", function () {
    var source = document.getElementById(button.dataset.copies);
    var said = button.querySelector("span") || button;
    function select() { window.getSelection().selectAllChildren(source); }
    if (!navigator.clipboard) { select(); return; }
    navigator.clipboard.writeText(source.textContent).then(function () { said.textContent = button.dataset.copied; }, select);
  });
});
