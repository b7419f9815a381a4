/* Service worker: keeps what the server marks public. SETTINGS stands before this file (guide/web/public/offline.py). */

const FRAME = "frame-" + SETTINGS.version;
const SEEN = "seen";
const GUIDE = "guide-";
const DAY = 864e5;

const side = (path) => SETTINGS[path.startsWith("/nl/") ? "nl" : "fr"];
const kept = (path) => caches.match(path, { ignoreVary: true, ignoreSearch: true });

const html = (answer) => /^text\/html/.test(answer.headers.get("Content-Type"));

/* An answer with the moment it was kept; a body is kept as it reads, not as it travelled. A page loses the sums of
   its files: without a network it is shown with today's. */
async function put(cache, path, answer) {
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("X-Kept", Date.now());
  const body = html(answer) ? (await answer.text()).replace(/ integrity="\S+"/g, "") : await answer.blob();
  await cache.delete(path);
  await cache.put(path, new Response(body, { headers: headers }));
}

/* Asked without cookies: what comes is what anybody would be shown. It stays out of the browser's own store,
   or a switch to the other language would be answered from there and the choice never heard of. */
async function take(cache, path) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-store" });
  if (answer.status !== 200 || answer.redirected) throw new Error(path);
  await put(cache, path, answer);
}

const takeAll = (name, list) =>
  caches.open(name).then((cache) => Promise.all(list.map((path) => take(cache, path))));

const guideOf = (own) => [own.data, own.search, own.script];

self.addEventListener("install", (event) => {
  event.waitUntil(
    takeAll(FRAME, [...Object.values(SETTINGS.assets), ...SETTINGS.pages]).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n.startsWith("frame-") && n !== FRAME).map((n) => caches.delete(n))))
      .then(() => self.clients.claim())
  );
});

/* May this answer to this address be kept? Only the server's own "public" says yes. */
function isPublic(url, answer) {
  const control = answer.headers.get("Cache-Control") || "";
  return (
    answer.status === 200 && !answer.redirected && !url.search &&
    /\bpublic\b/.test(control) && !/no-store|private/.test(control) &&
    html(answer) &&
    !SETTINGS.never.some((start) => url.pathname.startsWith(start))
  );
}

async function remember(url, answer) {
  const cache = await caches.open(SEEN);
  const control = answer.headers.get("Cache-Control") || "";
  if (/no-store/.test(control) || [404, 410].includes(answer.status)) {
    await cache.delete(url.pathname);
    return;
  }
  if (/private/.test(control) && answer.status === 200 && !url.search) {
    /* Somebody's list stands on it: keep the page that a visitor without one sees, once a day. */
    const before = await cache.match(url.pathname);
    if (before && Date.now() - before.headers.get("X-Kept") < DAY) return;
    answer = await fetch(url.pathname, { credentials: "omit" });
  }
  if (!isPublic(url, answer)) return;
  await put(cache, url.pathname, answer);
  const all = await cache.keys();
  await Promise.all(all.slice(0, -SETTINGS.most).map((one) => cache.delete(one)));
}

/* Once a day, when there is a network anyway. */
async function refresh() {
  const old = async (path) => {
    const found = await kept(path);
    return found && Date.now() - found.headers.get("X-Kept") > DAY;
  };
  if (await old(SETTINGS.pages[0])) await takeAll(FRAME, SETTINGS.pages);
  for (const lang of ["fr", "nl"]) {
    if (await old(SETTINGS[lang].data)) await takeAll(GUIDE + lang, guideOf(SETTINGS[lang]));
  }
}

/* The kept page, saying so: hours and states on it are those of that moment. */
async function dated(path, found) {
  const lang = path.startsWith("/nl/") ? "nl" : "fr";
  const moment = new Date(+found.headers.get("X-Kept")).toLocaleString(lang + "-BE", { dateStyle: "long", timeStyle: "short" });
  const html = (await found.text())
    .replace('<body class="', '<body class="kept-page ')
    .replace("</head>", '<link rel="stylesheet" href="' + SETTINGS.assets["css/offline.css"] + '"></head>')
    .replace("</header>", '</header><div class="wrap kept-line" role="status"><p>' + SETTINGS[lang].line.replace("{date}", moment) + "</p></div>");
  return new Response(html, { headers: found.headers });
}

async function withoutNetwork(url) {
  const path = url.pathname;
  const own = side(path);
  /* Without what was asked or answered, the kept page would be another one: the first question again. */
  const isAsked = url.search && (own.services.includes(path) || path.endsWith(own.questions));
  const found = isAsked ? undefined : await kept(path);
  if (found) return path === own.nothing || path === own.search ? found : dated(path, found);
  if (own.services.some((start) => path.startsWith(start)) && (await kept(own.data))) return kept(own.search);
  return (await kept(own.nothing)) || Response.error();
}

async function visit(event, url) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(remember(url, answer.clone()).then(refresh).catch(() => {}));
    return answer;
  } catch {
    return withoutNetwork(url);
  }
}

/* A file by its own address; without a network, today's file of that name. */
async function file(event, url) {
  const found = await kept(url.pathname);
  if (found) return found;
  try {
    return await fetch(event.request);
  } catch {
    const now = SETTINGS.assets[url.pathname.split("/").slice(3).join("/")];
    return (now && (await kept(now))) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(event, url));
  else if (event.request.mode === "navigate") event.respondWith(visit(event, url));
});

const ORDERS = {
  /* The page that was open before the worker was there. */
  seen: async (path) => {
    const url = new URL(path, self.location.origin);
    await remember(url, await fetch(url.pathname));
  },
  keep: (lang) => takeAll(GUIDE + lang, guideOf(SETTINGS[lang])),
  forget: async () => {
    for (const name of [SEEN, GUIDE + "fr", GUIDE + "nl"]) await caches.delete(name);
  },
};

self.addEventListener("message", (event) => {
  const [order, value] = event.data;
  const port = event.ports[0];
  const answer = (done) => port && port.postMessage(done);
  event.waitUntil(ORDERS[order](value).then(() => answer(true), () => answer(false)));
});
