/* Comfort only: every page works without this file.
   Quick exit (a[data-leave]), suggestions while typing (input[data-suggest]), reading aloud (button[data-read]),
   and the worker that keeps public pages for when there is no network (sw.js); nothing else. */
(function () {
  "use strict";

  var own = document.currentScript.dataset;

  var exit = document.querySelector("a[data-leave]");
  if (exit) {
    var leave = function () {
      document.documentElement.hidden = true;
      document.title = "…";
      /* The page leaves the history entry it stands in; "back" does not find it. */
      location.replace(exit.href);
      sessionStorage.left = 1;
    };
    exit.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
    /* Three presses of Shift alone, within a second and a half. */
    var presses = [];
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Shift") presses = [];
      else if (!event.repeat) presses.unshift(event.timeStamp);
      if (presses[0] - presses[2] < 1500) leave();
    });
    /* Who left quickly does not come back to an earlier page by "back"; others do. */
    addEventListener("pageshow", function (event) {
      /* 2: by "back" or "forward". */
      if (!event.persisted && performance.navigation.type < 2) delete sessionStorage.left;
      if (sessionStorage.left) leave();
    });
  }

  /* Words that begin like the last one typed, offered by the browser's own list. */
  document.querySelectorAll("input[data-suggest]").forEach(function (input) {
    var list = document.getElementById(input.getAttribute("list"));
    var waiting = 0;
    input.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        var typed = input.value;
        var cut = typed.lastIndexOf(" ") + 1;
        if (typed.length - cut < 2) return;
        fetch(input.dataset.suggest + "?q=" + encodeURIComponent(typed.slice(cut)))
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

  /* Read aloud, by a voice of the machine itself: one from elsewhere would send the text there. */
  var read = document.querySelector("button[data-read]");
  var speech = speechSynthesis;
  if (read && speech) {
    var words = read.querySelector("span");
    var start = words.textContent;
    var voice = function (lang) {
      return speech.getVoices().find(function (one) {
        return one.localService && one.lang.slice(0, 2).toLowerCase() === lang;
      });
    };
    var offer = function () { read.hidden = !voice(document.documentElement.lang); };
    var quiet = function () {
      speech.cancel();
      words.textContent = start;
    };
    offer();
    if (speech.addEventListener) speech.addEventListener("voiceschanged", offer);
    addEventListener("pagehide", quiet);
    read.addEventListener("click", function () {
      if (words.textContent !== start) {
        quiet();
        return;
      }
      words.textContent = read.dataset.stop;
      /* One sentence or row after the other: browsers break off long texts. */
      var blocks = "h1, h2, h3, p, li, dt, dd, tr, summary";
      var last = null;
      document.querySelectorAll("main h1, main .lead, main .sure, main .status, main .answers div, main .prose p, main .fact, main .unknown, main .notice p").forEach(function (place) {
        var parts = place.querySelectorAll(blocks);
        (parts.length ? parts : [place]).forEach(function (part) {
          if (!part.innerText || part.querySelector(blocks)) return;
          var lang = part.closest("[lang]").lang;
          last = new SpeechSynthesisUtterance(part.innerText);
          last.lang = lang + "-BE";
          last.voice = voice(lang) || null;
          speech.speak(last);
        });
      });
      if (last) last.onend = quiet;
    });
  }

  /* Once the page is there and nobody waits for it. */
  var workers = navigator.serviceWorker;
  if (workers && own.worker) {
    addEventListener("load", function () {
      setTimeout(function () {
        var first = !workers.controller;
        workers.register(own.worker, { scope: "/" })
          .then(function () { return workers.ready; })
          .then(function (ready) {
            if (first && !location.search) ready.active.postMessage(["seen", location.pathname]);
          })
          .catch(function () { /* Without a worker there are simply no kept pages. */ });
      }, 2000);
    });
  }

  /* "This telephone is not mine": whatever was kept goes. */
  if (workers && "forget" in own) {
    workers.getRegistrations().then(function (all) {
      all.forEach(function (one) { one.unregister(); });
    });
    caches.keys().then(function (all) {
      all.forEach(function (one) { caches.delete(one); });
    });
  }
})();
