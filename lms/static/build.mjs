// Builds lms/static/dist: hashed files and manifest.json (logical name → file). Run by `npm run build`.
//
// - app.css: the parts of Tabler we use (theme/tabler.scss), our theme, then css/<feature>.css in alphabetical order
// - main.js and pages/*.js: an entry each; what they import with import() becomes a chunk of its own, fetched when needed
// - fonts/: fonts of printed documents for letters that those in lms/core/documents/fonts lack, with their licence
// - icons.svg: a sprite of the Tabler outline icons that templates, Python and scripts name; an unknown name fails the build
// - messages of scripts: `_('…')` is looked up in lms/translations/ru/*.po at build time (see js/texts.js)
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { findIcons, sprite } from './build/icons.mjs';
import { textsPlugin } from './build/texts.mjs';
import { tablerCss } from './build/tabler.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const src = join(here, 'src');
const dist = join(here, 'dist');
const fresh = join(here, `dist.${process.pid}.tmp`);
const target = ['chrome109', 'firefox115', 'safari15'];
// Gzipped sizes that a page may cost; a build that exceeds them fails.
const budget = { 'app.css': 60_000, 'main.js': 45_000 };

// Family → name of the face → its folder in the package.
const fonts = {
  NotoSerif: { Regular: '400Regular', Bold: '700Bold', Italic: '400Regular_Italic' },
  NotoSans: { Regular: '400Regular', Bold: '700Bold' },
};

const list = (folder, ending) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];

function hashed(name, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const file = name.replace(/(\.[^.]+)$/, `-${hash}$1`);
  writeFileSync(join(fresh, file), text);
  return file;
}

async function buildCss() {
  const features = list(join(src, 'css'), '.css').map((name) => `@import "./css/${name}";`);
  const result = await esbuild.build({
    stdin: {
      contents: ['@import "./theme/index.css";', ...features].join('\n'),
      resolveDir: src,
      loader: 'css',
      sourcefile: 'app.css',
    },
    bundle: true,
    minify: true,
    write: false,
    target,
    logLevel: 'warning',
  });
  return { 'app.css': hashed('app.css', (await buildTabler()) + result.outputFiles[0].text) };
}

const tabler = { source: null, css: '' };

/** Compiles Tabler's part, the slowest step; a build of --watch repeats it only when theme/tabler.scss has changed. */
async function buildTabler() {
  const source = readFileSync(join(src, 'theme/tabler.scss'), 'utf8');
  if (tabler.source !== source) {
    const options = { loader: 'css', minify: true, target, logLevel: 'error' };
    tabler.css = (await esbuild.transform(tablerCss(root, src), options)).code;
    tabler.source = source;
  }
  return tabler.css;
}

/** './pdf.worker.mjs' is PDF.js' own worker, as a file beside the scripts; importing it gives its name. */
const workerPlugin = {
  name: 'pdf-worker',
  setup(plugin) {
    const file = join(root, 'node_modules/pdfjs-dist/legacy/build/pdf.worker.min.mjs');
    plugin.onResolve({ filter: /pdf\.worker\.mjs$/ }, () => ({ path: file, namespace: 'pdf-worker' }));
    plugin.onLoad({ filter: /.*/, namespace: 'pdf-worker' }, () => ({ contents: readFileSync(file), loader: 'file' }));
  },
};

async function buildJs() {
  const pages = list(join(src, 'pages'), '.js').map((name) => join(src, 'pages', name));
  const result = await esbuild.build({
    entryPoints: [join(src, 'main.js'), ...pages],
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    metafile: true,
    target,
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
    plugins: [textsPlugin(root, src), workerPlugin],
  });
  const manifest = {};
  for (const [file, about] of Object.entries(result.metafile.outputs)) {
    const from = about.entryPoint && relative(src, join(root, about.entryPoint)); // what is imported by import() is an entry too
    if (from === 'main.js' || from?.startsWith('pages/')) manifest[from] = basename(file);
  }
  return manifest;
}

function buildIcons() {
  const { names, unknown } = findIcons(root);
  if (unknown.length) throw new Error(`No such Tabler outline icon:\n  ${unknown.join('\n  ')}`);
  return { 'icons.svg': hashed('icons.svg', sprite(root, names)) };
}

/** Small pictures of our own: img/mark.svg becomes mark.svg. */
function buildPictures() {
  return Object.fromEntries(
    list(join(src, 'img'), '').map((name) => [name, hashed(name, readFileSync(join(src, 'img', name)))]),
  );
}

/** Copies the fonts that lms/core/documents/font_coverage.py reads. */
function copyFonts() {
  mkdirSync(join(fresh, 'fonts'));
  for (const [family, faces] of Object.entries(fonts)) {
    const folder = join(
      root,
      'node_modules/@expo-google-fonts',
      family.replace(/(?<=[a-z])(?=[A-Z])/, '-').toLowerCase(),
    );
    for (const [name, face] of Object.entries(faces))
      copyFileSync(join(folder, face, `${family}_${face}.ttf`), join(fresh, 'fonts', `${family}-${name}.ttf`));
    copyFileSync(join(folder, 'LICENSE_FONT'), join(fresh, 'fonts', `${family}-OFL.txt`));
  }
}

function weigh(manifest) {
  const over = [];
  for (const [name, file] of Object.entries(manifest).sort()) {
    const size = gzipSync(readFileSync(join(fresh, file)), { level: 9 }).length;
    console.log(`${name.padEnd(28)} ${String((size / 1000).toFixed(1)).padStart(7)} kB gzipped`);
    if (size > (budget[name] ?? Infinity)) over.push(`${name}: ${size} bytes gzipped, at most ${budget[name]}`);
  }
  if (over.length) throw new Error(`Too heavy:\n  ${over.join('\n  ')}`);
}

async function build() {
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    const manifest = { ...(await buildCss()), ...(await buildJs()), ...buildIcons(), ...buildPictures() };
    copyFonts();
    weigh(manifest);
    writeFileSync(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, Object.keys(manifest).sort(), 1)}\n`);
    // The old folder stays whole until the new one is: a build that fails changes nothing.
    const old = `${fresh}.old`;
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function run(prefix = '') {
  try {
    await build();
    return 0;
  } catch (error) {
    console.error(prefix + String(error.message ?? error));
    return 1;
  }
}

/** Builds after every change until the process ends. Its lines are log records, so that `make dev` can show the errors. */
async function watchSources() {
  let timer;
  let running = Promise.resolve();
  const buildAgain = async () => {
    const began = Date.now();
    const status = await run('ERROR ');
    if (status === 0) console.log(`INFO The front end was built in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  };
  const schedule = (_event, name) => {
    if (name && !/\.(js|mjs|css|scss|svg|html|py|po)$/.test(name)) return;
    if (name && /(^|[\\/])(static[\\/]dist|__pycache__)/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(buildAgain);
    }, 150);
  };
  // Python sources too: they name icons.
  for (const folder of ['lms', 'templates', 'courses', 'assessment'])
    watch(join(root, folder), { recursive: true }, schedule);
  running = running.then(buildAgain);
}

if (process.argv.includes('--watch')) await watchSources();
else process.exitCode = await run();
