/* The slider beside the number: either moves the other. Without this script the number alone does the work. */
(function () {
  document.querySelectorAll("[data-range-of]").forEach(function (range) {
    var number = document.getElementById(range.dataset.rangeOf);
    if (!number) { return; }
    range.hidden = false;
    range.addEventListener("input", function () { number.value = range.value; });
    number.addEventListener("input", function () { if (number.value !== "") { range.value = number.value; } });
  });
})();
