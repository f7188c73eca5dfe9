// Copies values, counts down by the server's clock, and updates the page. The page is complete without it.
(() => {
  const main = document.querySelector('main');
  const told = document.getElementById('told');
  let endsAt = 0;

  const timeLeft = (seconds) => {
    const two = (number) => String(number).padStart(2, '0');
    const minutes = Math.floor(seconds / 60);
    return minutes < 60 ? `${minutes} min ${two(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  };

  const setUp = () => {
    const timer = main.querySelector('[data-seconds]');
    if (timer) endsAt = performance.now() + Number(timer.dataset.seconds) * 1000;
    if (navigator.clipboard) for (const button of main.querySelectorAll('[data-copy]')) button.hidden = false;
  };

  const tick = () => {
    const timer = main.querySelector('[data-seconds]');
    if (!timer) return;
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    timer.textContent = timeLeft(seconds);
  };

  // Replaces only the parts that changed, so that readers keep their place.
  const show = async () => {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector('main');
    for (const part of main.querySelectorAll('[data-part]')) {
      const anew = next.querySelector(`[data-part="${part.dataset.part}"]`);
      if (part.className !== anew.className) part.className = anew.className;
      if (part.innerHTML !== anew.innerHTML) part.replaceChildren(...anew.childNodes);
    }
    document.title = page.title;
    Object.assign(main.dataset, { revision: next.dataset.revision, every: next.dataset.every });
    setUp();
  };

  const look = async () => {
    try {
      const answer = await fetch(main.dataset.status, { cache: 'no-store' });
      const status = answer.ok ? await answer.json() : null;
      if (status && status.revision !== main.dataset.revision) await show();
      else if (status) endsAt = performance.now() + status.seconds_left * 1000;
    } catch {
      // Offline: the next look may succeed.
    }
    setTimeout(look, Number(main.dataset.every) * 1000);
  };

  main.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const what = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(document.getElementById(what).textContent);
      button.textContent = 'Copied';
      told.textContent = `The ${what} was copied.`;
    } catch {
      getSelection().selectAllChildren(document.getElementById(what));
      told.textContent = `The ${what} is selected: copy it yourself.`;
    }
    setTimeout(() => { button.textContent = 'Copy'; told.textContent = ''; }, 3000);
  });

  setUp();
  setInterval(tick, 1000);
  setTimeout(look, Number(main.dataset.every) * 1000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
})();
