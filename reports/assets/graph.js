// The picture of the whole graph: sigma draws what was laid out beforehand. Search shows a source with its neighbours.
'use strict';
(() => {
  const data = window.bootplanGraph;
  const stage = document.getElementById('stage');
  const find = document.getElementById('find');
  const probe = document.createElement('canvas');
  if (data === undefined || stage === null || find === null) return;
  if (probe.getContext('webgl2') === null && probe.getContext('webgl') === null) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, soft, edge, blue, red] = ['--ink', '--soft', '--edge', '--blue', '--red'].map(colour);
  const graph = new graphology.DirectedGraph();
  const ids = new Map();
  data.nodes.forEach(([label, x, y, needed, stuck], i) => {
    ids.set(label, String(i));
    graph.addNode(String(i), { label, x, y: -y, size: 2 + Math.sqrt(needed) / 3, color: stuck === 1 ? soft : blue });
  });
  for (let i = 0; i < data.edges.length; i += 2) graph.mergeEdge(String(data.edges[i]), String(data.edges[i + 1]), { size: 0.3, color: edge });
  stage.hidden = false;
  find.hidden = false;
  stage.setAttribute('role', 'img');
  stage.setAttribute('aria-label', 'Picture of the graph; the list below has the same sources');
  let chosen = null;
  let near = new Set();
  const renderer = new Sigma(graph, stage, {
    labelColor: { color: ink },
    labelRenderedSizeThreshold: 9,
    defaultEdgeColor: edge,
    nodeReducer: (node, shown) => {
      if (chosen === null) return shown;
      if (node === chosen) return { ...shown, color: red, highlighted: false, forceLabel: true, zIndex: 2 };
      return near.has(node) ? { ...shown, color: blue, forceLabel: near.size < 60, zIndex: 1 } : { ...shown, color: edge, label: '' };
    },
    edgeReducer: (id, shown) => (chosen === null || graph.hasExtremity(id, chosen) ? { ...shown, color: chosen === null ? edge : red, size: chosen === null ? 0.3 : 1 } : { ...shown, hidden: true }),
  });
  const label = document.createElement('label');
  const input = document.createElement('input');
  const told = document.createElement('output');
  const names = document.createElement('datalist');
  find.className = 'search';
  find.setAttribute('role', 'search');
  find.setAttribute('aria-label', 'Graph');
  label.htmlFor = 'graph-search';
  label.textContent = 'Show a source';
  input.id = 'graph-search';
  input.type = 'search';
  input.autocomplete = 'off';
  input.setAttribute('list', 'graph-names');
  names.id = 'graph-names';
  find.append(label, input, names, told);
  const choose = (id) => {
    chosen = id;
    near = new Set(id === null ? [] : graph.neighbors(id));
    if (id === null) told.replaceChildren();
    else {
      const [name, , , , , path] = data.nodes[Number(id)];
      const link = document.createElement('a');
      link.href = path.split('/').map(encodeURIComponent).join('/');
      link.textContent = `the page of ${name}`;
      told.replaceChildren(`${near.size} neighbours: `, link);
    }
    renderer.refresh();
  };
  input.addEventListener('input', () => {
    const text = input.value.trim();
    const starting = text === '' ? [] : data.nodes.filter(([name]) => name.startsWith(text)).slice(0, 20);
    names.replaceChildren(
      ...starting.map(([name]) => {
        const option = document.createElement('option');
        option.value = name;
        return option;
      }),
    );
    choose(ids.get(text) ?? (starting.length === 1 ? ids.get(starting[0][0]) : null) ?? null);
  });
  renderer.on('clickNode', ({ node }) => {
    input.value = data.nodes[Number(node)][0];
    choose(node);
  });
  renderer.on('clickStage', () => {
    input.value = '';
    choose(null);
  });
})();
