/* Comfort only: every page works without this file.
   Quick exit (a[data-leave]) and copy-link buttons (button[data-copy][hidden]); nothing else. */
(function () {
  "use strict";

  var exit = document.querySelector("a[data-leave]");
  if (exit) {
    var leave = function () {
      document.documentElement.hidden = true;
      document.title = "…";
      /* The page leaves the history entry it stands in; "back" does not find it. */
      window.location.replace(exit.href);
    };
    exit.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
    /* Three presses of Shift alone, within a second and a half. */
    var presses = [];
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Shift") {
        presses = [];
        return;
      }
      if (event.repeat) return;
      presses.push(event.timeStamp);
      presses = presses.slice(-3);
      if (presses.length === 3 && presses[2] - presses[0] < 1500) leave();
    });
    /* Coming back from the browser's memory shows nothing of the page either. */
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) leave();
    });
  }

  if (navigator.clipboard) {
    document.querySelectorAll("button[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = button.getAttribute("data-copy") || window.location.href;
        navigator.clipboard.writeText(text).then(function () {
          var words = button.querySelector("[data-copied]") || button;
          words.setAttribute("role", "status");
          words.textContent = button.getAttribute("data-done");
        });
      });
    });
  }
})();
