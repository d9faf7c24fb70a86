// Sorting and searching in tables. Everything is in the page without it; what one looked for is kept in the address, so
// that the back button, a bookmark and a reload lead to the same rows.
'use strict';
(() => {
  const state = new URLSearchParams(location.hash.startsWith('#?') ? location.hash.slice(2) : '');
  const keep = () => {
    const text = state.toString();
    try {
      history.replaceState(null, '', text === '' ? location.pathname + location.search : `#?${text}`);
    } catch {
      // Some browsers refuse that for files: then nothing is kept.
    }
  };
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const value = cell?.dataset.sort ?? cell?.textContent.trim() ?? '';
    const number = Number(value.replace(/,/g, '').replace(/ ?%$/, ''));
    return value !== '' && !Number.isNaN(number) ? number : value;
  };
  const compare = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a === 'number') return -1;
    if (typeof b === 'number') return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };

  function sort(table, column, descending) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, at) => ({ row, at, value: valueOf(row, column) }));
    rows.sort((a, b) => (descending ? compare(b.value, a.value) : compare(a.value, b.value)) || a.at - b.at);
    body.append(...rows.map(({ row }) => row));
    [...table.tHead.rows[0].cells].forEach((head, i) => {
      if (i === column) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
  }

  function sortable(table, id) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const first = head.classList.contains('n') ? 'descending' : 'ascending';
        const now = head.getAttribute('aria-sort');
        const descending = now === null ? first === 'descending' : now === 'ascending';
        sort(table, column, descending);
        state.set(`sort-${id}`, `${descending ? '-' : ''}${column}`);
        keep();
      });
    });
    const kept = /^(-?)(\d+)$/.exec(state.get(`sort-${id}`) ?? '');
    if (kept !== null && Number(kept[2]) < table.tHead.rows[0].cells.length) sort(table, Number(kept[2]), kept[1] === '-');
  }

  function searchable(table, id) {
    const name = table.dataset.search;
    if (name === undefined) return;
    const box = document.createElement('div');
    box.className = 'search';
    box.setAttribute('role', 'search');
    box.setAttribute('aria-label', name);
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.type = 'search';
    input.id = `search-${id}`;
    input.autocomplete = 'off';
    input.spellcheck = false;
    label.htmlFor = input.id;
    label.textContent = 'Search';
    const told = document.createElement('output');
    told.htmlFor = input.id;
    box.append(label, input, told);
    table.closest('.wide').before(box);
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter((w) => w !== '');
      let shown = 0;
      for (const { row, text } of rows) {
        row.hidden = !words.every((w) => text.includes(w));
        if (!row.hidden) shown += 1;
      }
      told.textContent = words.length === 0 ? '' : `${shown} of ${rows.length}`;
      if (input.value === '') state.delete(`find-${id}`);
      else state.set(`find-${id}`, input.value);
    };
    input.addEventListener('input', () => {
      apply();
      keep();
    });
    input.value = state.get(`find-${id}`) ?? '';
    if (input.value !== '') apply();
  }

  document.querySelectorAll('main table').forEach((table, id) => {
    if (table.tHead === null || table.tBodies[0].rows.length < 2) return;
    sortable(table, id);
    searchable(table, id);
  });
  // "/" goes to the first field to search in, as on many pages that people search.
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.matches('input, textarea, select')) return;
    const input = document.querySelector('.search input');
    if (input === null) return;
    event.preventDefault();
    input.focus();
  });
})();
