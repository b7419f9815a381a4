/* The guide kept on a telephone: keeping and erasing it ([data-keep]), searching it ([data-kept-search]).
   In the copy on a stick the guide stands in window.GUIDE, since a page of a file may not fetch. */
(function () {
  "use strict";

  function all(selector, inside) {
    return Array.prototype.slice.call((inside || document).querySelectorAll(selector));
  }
  function show(selector, shown) {
    all(selector).forEach(function (one) { one.hidden = !shown; });
  }

  /* The kept guide, or null. */
  function keptGuide(address) {
    if (!window.caches) return Promise.resolve(null);
    return caches.match(address, { ignoreVary: true }).then(function (found) {
      return found ? found.json() : null;
    });
  }

  /* Keeping and erasing */
  var box = document.querySelector("[data-keep]");
  if (box && navigator.serviceWorker && window.caches) {
    var said = box.dataset;
    var line = box.querySelector("[role=status]");
    var tell = function (text) {
      return keptGuide(said.guide).then(function (guide) {
        line.textContent = (text || (guide ? said.kept : said.none)).replace("{date}", guide ? guide.date_words : "");
        show("[data-if-kept]", guide);
        show("[data-unless-kept]", !guide);
      });
    };
    var order = function (what, value) {
      return navigator.serviceWorker.register(said.worker, { scope: "/" })
        .then(function () { return navigator.serviceWorker.ready; })
        .then(function (ready) {
          return new Promise(function (resolve, reject) {
            var channel = new MessageChannel();
            channel.port1.onmessage = function (event) { (event.data ? resolve : reject)(); };
            ready.active.postMessage([what, value], [channel.port2]);
          });
        });
    };
    var press = function (selector, what, value, after) {
      all(selector, box).forEach(function (button) {
        button.addEventListener("click", function () {
          button.disabled = true;
          line.textContent = said.busy;
          order(what, value)
            .then(function () { return tell(after); }, function () { return tell(said.failed); })
            .then(function () { button.disabled = false; });
        });
      });
    };
    press("[data-keep-now]", "keep", document.documentElement.lang);
    press("[data-erase]", "forget", null, said.erased);
    box.hidden = false;
    show("[data-no-script]", false);
    tell();
  }

  /* Searching */
  var form = document.querySelector("[data-kept-search]");
  if (!form) return;
  var words = form.dataset;
  var field = form.querySelector("input[type=search]");
  var status = document.querySelector("[data-count]");
  var list = document.querySelector("[data-results]");
  var model = document.querySelector("template[data-card]");
  var lang = document.documentElement.lang;

  function fold(text) {
    return text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }
  function split(text) {
    /* French elisions are cut: l’aide gives aide. */
    return fold(text).replace(/(^|[^a-z0-9])(?:[cdjlmnst]|qu|jusqu|lorsqu)['’]/g, "$1").split(/[^a-z0-9\u00df-\uffff]+/).filter(Boolean);
  }
  function single(word) {
    return word.length > 4 ? word.replace(lang === "nl" ? /(en|s)$/ : /(s|x)$/, "") : word;
  }
  /* 2: the same word; 1: how it begins, or its plural; 0: another word. */
  function meets(typed, word) {
    if (typed === word) return 2;
    if (single(typed) === single(word)) return 1.5;
    return typed.length > 2 && word.indexOf(typed) === 0 ? 1 : 0;
  }
  function best(typed, among) {
    return among.reduce(function (most, word) { return Math.max(most, meets(typed, word)); }, 0);
  }
  function plain(value) { return typeof value === "string" ? value : value[0]; }
  function write(element, value) {
    element.textContent = plain(value);
    if (typeof value !== "string") element.lang = value[1];
    return element;
  }
  function add(parent, tag, value) {
    return write(parent.appendChild(document.createElement(tag)), value);
  }

  function prepare(guide) {
    guide.services.forEach(function (one) {
      one.nameWords = split(plain(one.name) + " " + one.more);
      one.textWords = split(plain(one.text) + " " + one.about.map(plain).join(" "));
      one.factWords = split(one.facts.map(function (fact) { return fact[1].map(plain).join(" "); }).join(" "));
    });
    Object.keys(guide.phrases).forEach(function (term) {
      guide.phrases[term] = guide.phrases[term].map(function (phrase) { return phrase.split(" "); });
    });
    return guide;
  }

  /* Needs and topics that the words mean: a phrase is meant when all its words are there. */
  function meant(guide, typed) {
    var found = {};
    Object.keys(guide.phrases).forEach(function (term) {
      guide.phrases[term].forEach(function (phrase) {
        var sum = 0;
        var whole = phrase.every(function (word) {
          var most = typed.reduce(function (so, one) { return Math.max(so, meets(one, word)); }, 0);
          sum += most;
          return most;
        });
        if (whole) found[term] = Math.max(found[term] || 0, sum);
      });
    });
    return found;
  }
  function isCrisis(guide, typed) {
    var text = " " + typed.join(" ") + " ";
    guide.calm.forEach(function (row) { text = text.replace(" " + row + " ", " "); });
    var left = text.split(" ");
    return guide.rows.some(function (row) { return text.indexOf(" " + row + " ") >= 0; }) ||
      guide.sets.some(function (set) {
        return set.split(" ").every(function (word) { return left.some(function (one) { return meets(one, word) > 1; }); });
      });
  }
  function find(guide, typed) {
    var terms = meant(guide, typed);
    return guide.services
      .map(function (one) {
        var score = 0;
        Object.keys(terms).forEach(function (term) { score += (one.terms[term] || 0) * terms[term]; });
        typed.forEach(function (word) {
          if (word.length < 3 || guide.stop.indexOf(word) >= 0) return;
          score += 8 * best(word, one.nameWords) + 2 * best(word, one.textWords) + best(word, one.factWords);
        });
        return { one: one, score: one.exists ? score : score / 10 };
      })
      .filter(function (hit) { return hit.score >= 1 || (!hit.one.exists && hit.score >= 0.2); })
      /* Of two that help alike, the one that can be called. */
      .sort(function (a, b) { return b.score - a.score || !a.one.phones.length - !b.one.phones.length; })
      .map(function (hit) { return hit.one; });
  }

  function card(one, opened) {
    var item = model.content.cloneNode(true);
    var link = item.querySelector("h2 a");
    write(link, one.name);
    link.href = one.path;
    write(item.querySelector("[data-line]"), one.text);
    write(item.querySelector("[data-standing]"), one.standing);
    var call = item.querySelector("[data-call]");
    (one.asked ? [one.asked] : one.phones).forEach(function (phone) {
      var button = call.cloneNode(true);
      button.href = phone[1];
      button.querySelector("span").textContent = phone[0] + (phone[2] ? " (" + phone[2] + ")" : "");
      call.parentNode.insertBefore(button, call);
    });
    call.remove();
    var place = item.querySelector("[data-facts]");
    one.about.forEach(function (part) { add(place, "p", part); });
    one.facts.forEach(function (fact) {
      add(place, "h3", fact[0]);
      fact[1].forEach(function (part) { add(place, "p", part); });
    });
    item.querySelector("details").open = opened;
    list.appendChild(item);
  }
  function display(guide, services, text) {
    list.textContent = "";
    services.slice(0, 100).forEach(function (one) { card(one, services.length === 1); });
    status.textContent = text || words.found.replace("{count}", services.length);
  }
  function search(guide) {
    var typed = split(field.value.slice(0, 200)).slice(0, 12);
    if (!typed.length) {
      show("[data-urgent]", false);
      display(guide, guide.services.filter(function (one) { return one.exists; }).sort(function (a, b) {
        return plain(a.name).localeCompare(plain(b.name), lang);
      }));
      return;
    }
    var hits = find(guide, typed);
    show("[data-urgent]", isCrisis(guide, typed) || !hits.length);
    display(guide, hits, hits.length ? "" : words.none);
  }

  show("[data-urgent]", false);
  var was = location.href;
  (window.GUIDE ? Promise.resolve(window.GUIDE) : keptGuide(words.guide).then(function (kept) {
    return kept || fetch(words.guide).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
  }))
    .then(prepare)
    .then(function (guide) {
      all("[data-date-line]").forEach(function (one) { one.textContent = words.dated.replace("{date}", guide.date_words); });
      var waiting = 0;
      field.addEventListener("input", function () {
        window.clearTimeout(waiting);
        waiting = window.setTimeout(function () { search(guide); }, 150);
      });
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        search(guide);
      });
      /* The worker shows this page instead of a result or a service that was never seen. */
      field.value = new URLSearchParams(location.search).get("q") || field.value;
      /* Words of a crisis do not stay in the address, nor a sentence: only the guide itself hears what one tells.
         A browser may refuse that to a page of a file. */
      var told = split(field.value);
      if (location.search && (told.length > 2 || isCrisis(guide, told))) {
        try { history.replaceState(null, "", location.pathname); } catch (refused) { /* then it stays */ }
      }
      var asked = guide.services.filter(function (one) { return one.path === location.pathname; });
      if (asked.length) display(guide, asked, words.one);
      else {
        search(guide);
        /* A service that is never kept: its number is among these. */
        if (was !== form.action && was.indexOf(form.action) === 0) show("[data-urgent]", true);
      }
    })
    .catch(function () {
      status.textContent = words.missing;
      show("[data-urgent]", true);
    });
})();
