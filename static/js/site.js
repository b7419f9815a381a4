/* Comfort only: every page works without this file.
   Quick exit (a[data-leave]) and suggestions while typing (input[data-suggest]); nothing else. */
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

  /* Words that begin like the last one typed, offered by the browser's own list. */
  document.querySelectorAll("input[data-suggest]").forEach(function (input) {
    var list = document.getElementById(input.getAttribute("list"));
    var waiting = 0;
    input.addEventListener("input", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () {
        var typed = input.value;
        var cut = typed.lastIndexOf(" ") + 1;
        if (typed.length - cut < 2) return;
        fetch(input.getAttribute("data-suggest") + "?q=" + encodeURIComponent(typed.slice(cut)))
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (words) {
            if (input.value !== typed) return;
            list.textContent = "";
            words.forEach(function (word) {
              var option = document.createElement("option");
              option.value = typed.slice(0, cut) + word;
              list.appendChild(option);
            });
          })
          .catch(function () { /* Without an answer there is simply no suggestion. */ });
      }, 150);
    });
  });
})();
