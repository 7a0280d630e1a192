// One client library of npm behind lines: {"do", "with"} in, {"ok"} or {"error"} out.
// usage: node client.mjs ctrl|transmission|promise PORT
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import readline from 'node:readline';

const require = createRequire(import.meta.url);
const [kind, port] = process.argv.slice(2);

async function ctrl() {
  const { Transmission } = await import('@ctrl/transmission');
  const client = new Transmission({ baseUrl: `http://127.0.0.1:${port}/`, timeout: 120000 });
  const added = (answer) => answer.arguments['torrent-added'] ?? answer.arguments['torrent-duplicate'];
  return {
    addBase64: async (data, options) => added(await client.addTorrent(data, options)),
    addLink: async (link, options) => added(await client.addUrl(link, options)),
    get: async (id) => (await client.listTorrents(id)).arguments.torrents[0] ?? null,
    set: (id, options) => client.setTorrent(id, options),
    start: (id) => client.resumeTorrent(id),
    stop: (id) => client.pauseTorrent(id),
    verify: (id) => client.verifyTorrent(id),
    move: (id, place) => client.moveTorrent(id, place),
    remove: (id, data) => client.removeTorrent(id, data),
  };
}

// The two others are of one family: callbacks here, promises there.
function family(client, call) {
  return {
    addBase64: (data, options) => call('addBase64', data, options),
    addLink: (link, options) => call('addUrl', link, options),
    get: async (id) => (await call('get', id)).torrents[0] ?? null,
    set: (id, options) => call('set', id, options),
    start: (id) => call('start', id),
    stop: (id) => call('stop', id),
    verify: (id) => call('verify', id),
    move: (id, place) => call('move', id, place, true),
    remove: (id, data) => call('remove', id, data),
  };
}

function transmission() {
  const Transmission = require('transmission');
  const client = new Transmission({ host: '127.0.0.1', port: Number(port) });
  return family(client, (name, ...words) => promisify(client[name]).apply(client, words));
}

function promise() {
  const Transmission = require('transmission-promise');
  const client = new Transmission({ host: '127.0.0.1', port: Number(port) });
  return family(client, (name, ...words) => client[name](...words));
}

const client = await { ctrl, transmission, promise }[kind]();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  let answer;
  try {
    answer = { ok: (await client[call.do](...call.with)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
